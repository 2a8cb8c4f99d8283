"""The words at the top of the page."""

import os
import tempfile
import unittest

from scripts.reading import results_file
from scripts.report_page import findings
from scripts.testing import synthetic


def of(*rows: synthetic.Row) -> list[dict[str, str]]:
  """Findings by subject; where several share one, their texts are joined."""
  with tempfile.TemporaryDirectory() as directory:
    path = synthetic.write(os.path.join(directory, 'results.json'),
                           synthetic.results(list(rows)))
    results = results_file.load(path)
  return [{entry.subject: ' '.join(other.text for other in entries
                                   if other.subject == entry.subject)
           for entry in entries} for entries in findings.of(results)]


def copied(case_id: str, value: float, **counters: float) -> synthetic.Row:
  return synthetic.row(f'cow/{case_id}', copied_bytes=value, **counters)


class FindingsTest(unittest.TestCase):

  def test_names_who_copied_least_and_most_at_the_largest_size(self) -> None:
    by_pattern, surprises = of(
        copied('boxed/free/glibc/size:1MiB', 2**20),
        copied('boxed/free/jemalloc/size:1MiB', 2**17),
        # At the smaller size it is the other way round.
        copied('boxed/free/glibc/size:64KiB', 4096),
        copied('boxed/free/jemalloc/size:64KiB', 65536))
    self.assertEqual(
        by_pattern, {
            'free': 'jemalloc copied least, 0.125 bytes for each byte of data;'
                    ' glibc copied most, 1, 8 times as much.'
        })
    self.assertEqual(
        surprises['allocators differ'],
        'free on boxed, 1MiB: 128 KiB copied under jemalloc, 1 MiB under'
        ' glibc.')

  def test_compares_only_where_all_allocators_took_part(self) -> None:
    by_pattern, _ = of(
        copied('a/free/glibc/size:1MiB', 2**20),
        copied('a/free/jemalloc/size:1MiB', 2**19),
        # Nobody else ran this one, so it must not count against jemalloc.
        copied('b/free/jemalloc/size:1MiB', 2**23))
    self.assertIn('jemalloc copied least, 0.5', by_pattern['free'])

  def test_tells_of_the_default_variant_where_there_is_one(self) -> None:
    by_pattern, _ = of(copied('a/write/glibc/size:1MiB', 2**20),
                       copied('a/write/glibc/size:1MiB/touch:10', 2**16),
                       copied('a/mark/glibc/size:1MiB/touch:10', 2**16))
    self.assertEqual(
        by_pattern, {
            'write': 'glibc copied 1 byte for each byte of data.',
            'mark': 'glibc copied 0.0625 bytes for each byte of data.'})

  def test_alike_and_nothing(self) -> None:
    by_pattern, surprises = of(
        copied('a/write/glibc/size:1MiB', 2**20),
        copied('a/write/jemalloc/size:1MiB', 2**20 + 4096),
        copied('a/read/glibc/size:1MiB', 0),
        copied('a/read/jemalloc/size:1MiB', 0),
        copied('a/idle/glibc/size:1MiB', 0),
        copied('a/idle/jemalloc/size:1MiB', 0))
    self.assertEqual(
        by_pattern, {
            'write':
                'all allocators copied alike (within 5 %), 1 byte for each byte'
                ' of data.',
            'read, idle': 'nothing was copied, whatever the allocator.'})
    self.assertNotIn('allocators differ', surprises)

  def test_one_page_more_or_less_is_no_surprise(self) -> None:
    _, surprises = of(copied('a/write/glibc/size:1MiB', 0),
                      copied('a/write/jemalloc/size:1MiB', 4096))
    self.assertNotIn('allocators differ', surprises)

  def test_surprises(self) -> None:
    _, surprises = of(
        copied('a/mark/glibc/size:1MiB/touch:1',
               2**20,
               amplification=512,
               fork_tax_bytes=40960),
        copied('a/mark/glibc/size:64KiB/touch:1', 2**16, amplification=300),
        copied('a/free/jemalloc/size:1MiB', 2**19, fork_tax_bytes=155648))
    self.assertEqual(
        surprises['amplification'],
        'mark on a, 1MiB, touch 1, under glibc: the kernel copied 512 bytes'
        ' for each byte that the pattern stored to.')
    self.assertIn('512 KiB were copied', surprises['copies without stores'])
    self.assertIn('40 KiB under glibc and 152 KiB under jemalloc',
                  surprises['fork tax'])

  def test_a_layout_surprises_once(self) -> None:
    _, surprises = of(*(copied(f'{case}/{allocator}/size:1MiB{variant}',
                               2**20 if allocator == 'glibc' else 2**15,
                               amplification=9)
                        for case in ('a/free', 'a/mark', 'b/free')
                        for allocator in ('glibc', 'jemalloc')
                        for variant in ('', '/touch:10')))
    for subject in ('amplification', 'allocators differ'):
      self.assertEqual([surprises[subject].count(f' on {layout},')
                        for layout in ('a', 'b')], [1, 1])

  def test_nothing_to_say(self) -> None:
    self.assertEqual(of(synthetic.row('BM_Other', items=3)), [{}, {}])
    self.assertEqual(of(), [{}, {}])


if __name__ == '__main__':
  unittest.main()
