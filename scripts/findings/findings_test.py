"""Tests of the findings, and their order, on runs with a known right answer."""

import unittest

from scripts.findings import findings
from scripts.findings import status
from scripts.findings.testing import KIB, MIB, copied, failed, texts
from scripts.testing import runs
from scripts.testing import synthetic


class LayoutsTest(unittest.TestCase):

  def test_reading_shares_and_counting_references_copies(self) -> None:
    rows = [copied(f'{layout}/{pattern}/glibc/size:1MiB', value)
            for layout, values in (('array', {'read': 0, 'write': MIB}),
                                   ('boxed', {'read': 0, 'write': MIB,
                                              'refcount': MIB}),
                                   ('immortal', {'read': 0, 'write': MIB,
                                                 'refcount': 0}))
            for pattern, value in values.items()]
    self.assertEqual(texts(rows), [
        'Pattern read copies nothing of any layout.',
        'Pattern refcount copies all of boxed (100 %); nothing of immortal.',
        'Pattern write copies all of every layout (100 %).'])

  def test_patterns_that_do_the_same_share_a_sentence(self) -> None:
    rows = [copied(f'{layout}/{pattern}/glibc/size:1MiB', share * MIB)
            for layout, share in (('a', 1), ('b', 0.5), ('c', 0.01))
            for pattern in ('for', 'index')]
    self.assertEqual(texts(rows), [
        'Patterns for and index copy all of a (100 %); a part of b (50 %); '
        'almost nothing of c (1 %).'])

  def test_a_pattern_of_fewer_layouts_joins_one_that_does_the_same(
      self) -> None:
    rows = [copied(f'{case}/glibc/size:1MiB', share * MIB)
            for case, share in (('a/mark', 1), ('a/write', 0.9),
                                ('b/write', 0), ('b/count', 1))]
    self.assertEqual(texts(rows), [
        'Pattern write copies 90-100 % of a; nothing of b; likewise mark, of '
        'a.',
        'Pattern count copies all of b (100 %).'])

  def test_the_largest_size_and_the_default_variant_decide(self) -> None:
    rows = [copied('a/write/glibc/size:1MiB', MIB),
            copied('a/write/glibc/size:64KiB', 0),
            copied('a/write/glibc/size:1MiB/touch:10', 0)]
    self.assertEqual(texts(rows, 'copied'),
                     ['Pattern write copies all of a (100 %).'])

  def test_a_few_pages_are_almost_nothing(self) -> None:
    rows = [copied('a/read/glibc/size:64KiB', 16 * KIB),
            copied('b/read/glibc/size:64KiB', 0)]
    self.assertEqual(texts(rows), [
        'Pattern read copies almost nothing of any layout (up to 16 KiB).'])

  def test_many_layouts_are_counted(self) -> None:
    rows = [copied(f'layout{i}/write/glibc/size:1MiB', MIB if i else 0)
            for i in range(7)]
    self.assertEqual(texts(rows), [
        'Pattern write copies all of layout1, layout2, layout3 and 3 more '
        '(100 %); nothing of layout0.'])


  def test_a_few_pages_of_the_largest_size(self) -> None:
    rows = [copied('a/grow/glibc/size:1MiB', 300 * KIB),
            copied('a/grow/glibc/size:64MiB', 16 * KIB)]
    self.assertEqual(texts(rows, 'nothing'), [
        'Pattern grow copies almost nothing of a (up to 16 KiB, at 64 MiB).'])

  def test_what_no_allocator_changes(self) -> None:
    rows = [copied(f'a/churn/{allocator}/size:1MiB', MIB)
            for allocator in ('glibc', 'jemalloc')]
    self.assertEqual(texts(rows, 'copied'), [
        'Pattern churn copies all of a (100 %); with every allocator.'])


class AxesTest(unittest.TestCase):

  def test_huge_pages_change_only_fork_time(self) -> None:
    rows = [copied(f'array/{pattern}/glibc/size:64MiB/thp:{thp}', value,
                   fork_time=time, access_time=0.01)
            for pattern, value in (('idle', 0), ('write', 64 * MIB))
            for thp, time in (('always', 150e-6), ('never', 3e-3))]
    self.assertEqual(texts(rows)[0], 'thp always, never: copied_bytes are '
                     'about the same in all 2 combinations; median '
                     'fork_time 150 us -> 3 ms, 20x longer.')

  def test_numbers_are_sorted_and_the_clearest_row_is_named(
      self) -> None:
    rows = [copied(f'a/{pattern}/glibc/size:1MiB{touch}', value * KIB,
                   access_time=1e-3)
            for pattern, values in (('write', (1024, 40, 512)),
                                    ('mark', (1024, 1000, 1020)),
                                    ('read', (0, 0, 0)))
            for touch, value in zip(('', '/touch:0.1', '/touch:10'), values)]
    self.assertEqual(texts(rows)[0],
                     'touch 0.1, 10, 100: copied_bytes are about the same in '
                     '2 of 3 combinations; a/write, 1 MiB, glibc: 40 KiB -> '
                     '512 KiB -> 1 MiB.')

  def test_times_are_those_of_the_row_that_is_named(self) -> None:
    rows = [copied(f'a/write/{allocator}/size:1MiB/touch:{touch}', value * KIB,
                   fork_time=time)
            for allocator, times in (('glibc', (4e-3, 8e-3)),
                                     ('jemalloc', (1e-3, 1e-3)))
            for touch, value, time in zip((1, 10), (40, 512), times)]
    self.assertEqual(texts(rows, 'axis'), [
        'touch 1, 10: copied_bytes differ everywhere; a/write, 1 MiB, glibc: '
        '40 KiB -> 512 KiB; fork_time 4 ms -> 8 ms, 2x longer.'])

  def test_what_touch_does_comes_last(self) -> None:
    rows = [copied(f'a/write/glibc/size:1MiB/touch:{touch}/thp:{thp}',
                   touch * KIB)
            for touch in (10, 100) for thp in ('never', 'always')]
    self.assertEqual([text.split()[0] for text in texts(rows, 'axis')],
                     ['thp', 'touch'])

  def test_a_few_of_many_values_are_named(self) -> None:
    rows = [copied(f'a/write/glibc/size:1MiB/children:{n}', MIB,
                   fork_time=n * 1e-4, access_time=2e-3 * n)
            for n in (2, 4, 8, 16, 32, 64)]
    self.assertEqual(texts(rows)[0],
                     'children 2, 8, 16, 64: copied_bytes of each writer are '
                     'about the same; a/write, 1 MiB, glibc: 1 MiB; fork_time '
                     '200 us -> 800 us -> 1.60 ms -> 6.40 ms, 32x longer; '
                     'access_time 4 ms -> 16 ms -> 32 ms -> 128 ms, 32x longer.')

  def test_sizes_come_first_only_where_nothing_else_varies(self) -> None:
    rows = [copied(f'a/write/glibc/size:{size}', value, fork_time=time)
            for size, value, time in (('64MiB', 64 * MIB, 2e-3),
                                      ('1MiB', MIB, 1e-4))]
    self.assertEqual(texts(rows)[0],
                     'size 1 MiB, 64 MiB: the copied share is about the '
                     'same in the only combination; fork_time 100 us -> 2 ms, '
                     '20x longer.')
    rows.append(copied('b/write/glibc/size:1MiB', 0))
    self.assertTrue(texts(rows)[-1].startswith('size 1 MiB, 64 MiB'))

  def test_a_value_that_always_failed_is_counted(self) -> None:
    rows = [copied('a/write/glibc/size:1MiB', MIB, fork_time=1e-4),
            copied('a/write/glibc/size:1MiB/thp:never', MIB, fork_time=2e-4),
            failed('a/write/glibc/size:1MiB/thp:always')]
    self.assertEqual(texts(rows)[0],
                     'thp system, never: copied_bytes are about the same; '
                     'a/write, 1 MiB, glibc: 1 MiB; fork_time 100 us -> 200 us, '
                     '2x longer (without 1 of 3 cases, which failed).')


class FailuresTest(unittest.TestCase):

  def test_half_of_the_cases_failed(self) -> None:
    rows = [copied('a/read/glibc/size:1MiB', 0),
            failed('a/read/jemalloc/size:1MiB'),
            copied('b/write/glibc/size:1MiB', MIB, fork_tax_bytes=40960),
            failed('b/write/jemalloc/size:1MiB')]
    self.assertEqual(texts(rows), [
        'Pattern read copies nothing of a '
        '(without 1 of 2 cases, which failed).',
        'Pattern write copies all of b (100 %) '
        '(without 1 of 2 cases, which failed).',
        'On top, fork() itself copies 40 KiB per child '
        '(without 2 of 4 cases, which failed).'])
    self.assertEqual(status.of(runs.results(rows)).failure_text,
                     '2 of 4 cases failed.')

  def test_failed_cases_are_counted_in_a_comparison_of_allocators(
      self) -> None:
    rows = [copied('a/read/glibc/size:1MiB', 0),
            copied('a/read/jemalloc/size:1MiB', 0),
            copied('b/read/glibc/size:1MiB', 0),
            failed('b/read/jemalloc/size:1MiB')]
    self.assertEqual(texts(rows, 'similar'), [
        'Allocators copy about the same in the only row '
        '(without 1 of 4 cases, which failed).'])

  def test_the_largest_size_failed(self) -> None:
    rows = [copied('a/write/glibc/size:1MiB', MIB),
            failed('a/write/glibc/size:1GiB')]
    self.assertEqual(texts(rows, 'copied'), [
        'Pattern write copies all of a (100 %) '
        '(without 1 of 2 cases, which failed).'])

  def test_all_failed(self) -> None:
    rows = [failed('a/read/glibc/size:1MiB'), failed('a/free/glibc/size:1MiB')]
    self.assertEqual(texts(rows), [])
    how = status.of(runs.results(rows))
    self.assertEqual(how.failure_text, 'All 2 cases failed.')
    self.assertEqual([failure.text for failure in how.failures], [
        'cow/a/read/glibc/size:1MiB and 1 more: killed by signal 9'])

  def test_a_repetition_that_failed_leaves_the_others(self) -> None:
    case = 'cow/a/read/glibc/size:1MiB'
    rows = [synthetic.row(case, 0, 2, copied_bytes=0),
            synthetic.failed_row(case, 'late') | {'repetition_index': 1}]
    self.assertEqual(texts(rows), ['Pattern read copies nothing of a.'])
    self.assertEqual(status.of(runs.results(rows)).failure_text,
                     'The only case failed.')


class WholeTest(unittest.TestCase):

  def test_fork_tax(self) -> None:
    rows = [copied(f'{layout}/idle/{allocator}/size:1MiB', 0,
                   fork_tax_bytes=tax * KIB)
            for layout in 'abc'
            for allocator, tax in (('tcmalloc', 152), ('glibc', 40),
                                   ('jemalloc', 96))]
    self.assertEqual(texts(rows, 'fork_tax'), [
        'On top, fork() itself copies 40 KiB (glibc) to 152 KiB '
        '(tcmalloc) per child.'])

  def test_counts_that_did_not_repeat(self) -> None:
    described = synthetic.described(
        (('copied_bytes', 'copied', 'bytes', 'count', 'less'),
         ('copied_bytes_spread', 'spread', 'bytes', 'count', 'less')))
    rows = [copied('a/free/mine/size:1MiB', MIB, copied_bytes_spread=8192),
            copied('b/free/mine/size:1MiB', MIB, copied_bytes_spread=4096),
            copied('c/free/mine/size:1MiB', MIB)]
    found = findings.findings(runs.results(rows, **described))
    self.assertEqual([each.text for each in found if each.kind == 'varies'], [
        'Counts of 2 cases did not repeat: copied_bytes_spread is up to '
        '8 KiB, in cow/a/free/mine/size:1MiB.'])

  def test_cpython(self) -> None:
    rows = [copied(f'{layout}/{statement}/pymalloc/size:64MiB', value)
            for layout, values in (
                ('list_range', {'len': 20 * KIB, 'for': 57 * MIB}),
                ('list_same', {'len': 20 * KIB, 'for': 28 * KIB}),
                ('numpy_ones', {'len': 24 * KIB, 'for': 160 * KIB}))
            for statement, value in values.items()]
    self.assertEqual(texts(rows), [
        'Pattern len copies almost nothing of any layout (up to 24 KiB).',
        'Pattern for copies 89 % of list_range; almost nothing of list_same '
        'and numpy_ones (0.04-0.2 %).'])

  def test_a_finding_names_its_rank_and_its_cases(self) -> None:
    found = findings.findings(runs.results([copied('a/read/glibc/size:1MiB', 0),
                                    copied('a/write/glibc/size:1MiB', MIB)]))
    self.assertEqual([each.rank for each in found], [1, 2])
    self.assertEqual(found[1].case_ids, ('cow/a/write/glibc/size:1MiB',))

  def test_other_benchmarks_have_no_findings(self) -> None:
    self.assertEqual(texts([synthetic.row('BM_Other', items=3)]), [])
    self.assertEqual(texts([]), [])


if __name__ == '__main__':
  unittest.main()
