"""Tests of the selected cases, on files with a known right answer."""

import unittest

from scripts.drawing import picks
from scripts.reading import results_file
from scripts.testing import runs
from scripts.testing import synthetic

MIB = 2**20


def load(*rows: synthetic.Row) -> results_file.ResultsFile:
  return runs.results(list(rows))


def copied(case_id: str, value: float, **counters: float) -> synthetic.Row:
  return synthetic.row(f'cow/{case_id}', copied_bytes=value, **counters)


class PicksTest(unittest.TestCase):

  def test_the_largest_differences_come_first(self) -> None:
    rows = picks.differences(load(
        copied('a/free/glibc/size:1MiB', MIB),
        copied('a/free/jemalloc/size:1MiB', MIB // 2),
        # A smaller size of a case in the picture.
        copied('a/free/glibc/size:64KiB', 65536),
        copied('a/free/jemalloc/size:64KiB', 0),
        # The same difference at a larger ratio.
        copied('b/free/glibc/size:512KiB', MIB // 2),
        copied('b/free/jemalloc/size:512KiB', 0),
        synthetic.failed_row('cow/b/free/mimalloc/size:512KiB', 'killed'),
        # Too few pages differ.
        copied('c/write/glibc/size:1MiB', MIB),
        copied('c/write/jemalloc/size:1MiB', MIB + 4 * 4096),
        # Only one allocator.
        copied('d/free/jemalloc/size:1MiB', MIB),
        synthetic.failed_row('cow/d/free/glibc/size:1MiB', 'killed')))
    self.assertEqual([row['label'] for row in rows],
                     ['b/free, 512KiB (mimalloc failed)', 'a/free, 1MiB'])
    self.assertEqual(rows[0]['copied'],
                     [('glibc', MIB // 2), ('jemalloc', 0)])

  def test_ten_rows(self) -> None:
    rows = [copied(f'l{i}/free/{allocator}/size:1MiB', i * share)
            for i in range(10000, 10012)
            for allocator, share in (('glibc', 100), ('jemalloc', 0))]
    labels = [row['label'] for row in picks.differences(load(*rows))]
    self.assertEqual(labels, [f'l{i}/free' for i in range(10011, 10001, -1)])

  def test_an_axis_at_a_time(self) -> None:
    panels = list(picks.panels(load(*(
        copied(f'a/write/glibc/size:1MiB{variant}', value, fork_time=time)
        for variant, value, time in (('', 900, 1.0), ('/touch:10', 90, 1.1),
                                     ('/touch:2', 20, 1.2),
                                     ('/thp:always', 900, .1))))))
    self.assertEqual(
        [(panel['axis'], panel['counter']['name'], panel['values'],
          [line['points'] for line in panel['lines']]) for panel in panels],
        [('touch', 'copied_bytes', ['2', '10', '100'], [[20, 90, 900]]),
         # The small change of fork_time by touch is chance.
         ('thp', 'copied_bytes', ['system', 'always'], [[900, 900]]),
         ('thp', 'fork_time', ['system', 'always'], [[1.0, .1]])])

  def test_a_missing_value_of_an_axis_is_a_gap(self) -> None:
    panel, = picks.panels(load(
        copied('a/write/glibc/size:1MiB', 900),
        copied('a/write/glibc/size:1MiB/touch:10', 90),
        synthetic.failed_row('cow/a/write/glibc/size:1MiB/touch:50', 'killed')))
    self.assertEqual(panel['lines'][0]['points'], [90, None, 900])

  def test_the_seed_question_in_either_suite(self) -> None:
    self.assertEqual(picks.seed(load(
        copied('array/read/glibc/size:1MiB', 0),
        copied('boxed/refcount/glibc/size:64KiB', 0),
        copied('boxed/refcount/glibc/size:1MiB', MIB),
        copied('boxed/refcount/glibc/size:4MiB/touch:10', 0))), [
            {'words': 'array of numbers, read', 'size': '1 MiB', 'share': 0},
            {'words': 'list of objects, references counted', 'size': '1 MiB',
             'share': 1}])
    row, = picks.seed(load(copied('list_range/for/pymalloc/size:1MiB', MIB)))
    self.assertEqual(row['words'], 'list(range(n)), iterated over')

  def test_nothing_to_show(self) -> None:
    for results in (load(), load(synthetic.row('BM_Other', items=3))):
      self.assertEqual(picks.differences(results), [])
      self.assertEqual(list(picks.panels(results)), [])
      self.assertEqual(picks.seed(results), [])


if __name__ == '__main__':
  unittest.main()
