"""Tests of the sentences about allocators."""

import unittest

from scripts.findings import findings
from scripts.findings.testing import KIB, MIB, copied, texts
from scripts.testing import runs


class AllocatorsTest(unittest.TestCase):

  def test_a_variant_is_compared_with_its_base(self) -> None:
    rows = [copied(f'{case}/{allocator}/size:16MiB', value * MIB)
            for case, values in (('a/free', (16, 1, 40)), ('a/grow', (2, 9, 1)),
                                 ('b/free', (8, 1, 12)), ('b/read', (0, 0, 0)))
            for allocator, value in zip(('glibc', 'jemalloc', 'mine'), values)]
    found = findings.findings(runs.results(rows, variant_mine='glibc'))
    self.assertEqual(
        found[0].text,
        'mine copies less than glibc in 1 of 4 rows, most of all in a/grow, '
        '16 MiB: 1 MiB, glibc 2 MiB; more than glibc in 2 of 4 rows, most of '
        'all in a/free, 16 MiB: 40 MiB, glibc 16 MiB.')
    found = findings.findings(runs.results(rows[-3:], variant_mine='glibc'))
    self.assertEqual(found[0].text, 'mine copies about the same as glibc '
                     'everywhere.')

  def test_a_run_of_another_value_of_an_axis(self) -> None:
    rows = [copied(f'a/{pattern}/{allocator}/size:1MiB/children:4', value * KIB)
            for pattern, values in (('free', (1024, 64)), ('grow', (20, 68)))
            for allocator, value in zip(('glibc', 'jemalloc'), values)]
    self.assertEqual(
        texts(rows, 'allocators')[0],
        'All 2 rows of 1 MiB together: jemalloc copies least, 132 KiB, glibc '
        '1.02 MiB.')

  def test_unsure_counts_are_no_difference(self) -> None:
    rows = [copied('a/grow/jemalloc/size:16MiB', 60 * KIB),
            copied('a/grow/decay/size:16MiB', 4 * MIB,
                   copied_bytes_unsure=4 * MIB)]
    self.assertEqual(texts(rows, 'allocators'), [])
    rows[1]['copied_bytes_unsure'] = 2 * MIB
    self.assertEqual(texts(rows, 'allocators'), [
        'a/grow, 16 MiB: jemalloc copies 60 KiB, decay 4 MiB, 68x as much '
        '(decay: unsure by 2 MiB).'])

  def test_both_bytes_and_ratio_determine_the_order(self) -> None:
    values = {
        # A few pages, though the ratio is the largest.
        'a/grow': (0, 16 * KIB),
        # The most bytes, but a ratio near one.
        'b/write': (60 * MIB, 66 * MIB),
        # Many bytes and a large ratio: first.
        'c/free': (1 * MIB, 32 * MIB),
        # Fewer bytes at the same ratio, another pattern.
        'd/churn': (MIB // 4, 8 * MIB),
        'c/churn': (1 * MIB, 31 * MIB),
        # The pattern of the first one.
        'e/free': (1 * MIB, 31 * MIB),
        # Within five percent.
        'f/read': (40 * MIB, 41 * MIB)}
    rows = [copied(f'{case}/{allocator}/size:64MiB', value)
            for case, pair in values.items()
            for allocator, value in zip(('jemalloc', 'glibc'), pair)]
    self.assertEqual(texts(rows, 'allocators'), [
        'All 7 rows of 64 MiB together: jemalloc copies least, 103 MiB, glibc '
        '209 MiB.',
        'c/free, 64 MiB: jemalloc copies 1 MiB, glibc 32 MiB, 32x as much; '
        'jemalloc copies least in all 2 layouts where they differ.',
        'c/churn, 64 MiB: jemalloc copies 1 MiB, glibc 31 MiB, 31x as much; '
        'jemalloc copies least in all 2 layouts where they differ.',
        'b/write, 64 MiB: jemalloc copies 60 MiB, glibc 66 MiB, '
        '1.10x as much.'])
    self.assertEqual(texts(rows, 'similar'),
                     ['Allocators copy about the same in 2 of 7 rows.'])

  def test_of_similar_layouts_the_first_one_is_named(self) -> None:
    rows = [copied(f'{layout}/free/{allocator}/size:64MiB', value * MIB)
            for layout, values in (('a', (1, 2, 32)), ('b', (4, 4, 24)),
                                   ('c', (1, 32, 32)), ('d', (8, 1, 32)))
            for allocator, value in zip(('je', 'mi', 'glibc'), values)]
    self.assertEqual(texts(rows, 'allocators'), [
        'All 4 rows of 64 MiB together: je copies least, 14 MiB, the others '
        '39 MiB to 120 MiB.',
        'a/free, 64 MiB: je copies 1 MiB, mi and glibc 2 MiB to 32 MiB, up to '
        '32x as much; je copies least in 3 of 4 layouts where they differ.'])

  def test_a_share_that_depends_on_the_allocator_is_no_part(self) -> None:
    rows = [copied(f'{layout}/free/{allocator}/size:64MiB', value * MIB)
            for layout, values in (('a', (1, 64)), ('b', (70, 68)),
                                   ('c', (0, 0)))
            for allocator, value in zip(('je', 'glibc'), values)]
    self.assertEqual(texts(rows, 'copied'), [
        'Pattern free copies 106-109 % of b; 2-100 % of a, depending on the '
        'allocator; nothing of c; above 100 %: with memory around the '
        'elements.'])
    self.assertEqual(texts([row for row in rows if 'cow/a' in row['name']],
                           'copied'), [])

  def test_a_single_allocator_is_not_compared(self) -> None:
    rows = [copied('a/free/glibc/size:1MiB', MIB),
            copied('b/free/glibc/size:1MiB', 0)]
    self.assertEqual(
        [found.kind for found in findings.findings(runs.results(rows))],
        ['copied'])

  def test_a_copy_of_zero_bytes_has_no_ratio(self) -> None:
    rows = [copied('a/free/glibc/size:1MiB', MIB),
            copied('a/free/jemalloc/size:1MiB', 0)]
    self.assertEqual(texts(rows, 'allocators'), [
        'a/free, 1 MiB: jemalloc copies 0 B, glibc 1 MiB.'])


if __name__ == '__main__':
  unittest.main()
