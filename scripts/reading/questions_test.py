"""Tests of the selection of a few series."""

import unittest

from scripts.reading import questions
from scripts.reading import results_file
from scripts.testing import runs
from scripts.testing import synthetic


def chosen(results: results_file.ResultsFile) -> list[str]:
  return [f'{case.id} {counter}'
          for case in questions.select(results).cases.values()
          for counter in case.samples]


class QuestionsTest(unittest.TestCase):

  def setUp(self) -> None:
    super().setUp()
    self.rows = synthetic.full_preset(sizes=('64KiB', '1MiB'))['benchmarks']

  def test_the_same_few_from_run_to_run(self) -> None:
    names = chosen(runs.results(self.rows))
    self.assertLessEqual(len(names), questions.MOST_SERIES)
    for row in self.rows:
      row['copied_bytes'] = row['fork_time'] = row['fork_tax_bytes'] = 7
    self.assertEqual(chosen(runs.results(self.rows)), names)

  def test_answers_at_the_largest_size(self) -> None:
    names = chosen(runs.results(self.rows))
    for case in ('array/read/glibc', 'boxed/refcount/glibc',
                 *(f'boxed/{pattern}/{allocator}'
                   for pattern in ('free', 'churn', 'grow')
                   for allocator in synthetic.ALLOCATORS)):
      self.assertIn(f'cow/{case}/size:1MiB copied_bytes', names)
    self.assertFalse([name for name in names if 'size:64KiB' in name])
    # One allocator stands for all if they do not matter.
    self.assertNotIn('cow/array/read/jemalloc/size:1MiB copied_bytes', names)
    # A case may answer two questions.
    for name in ('fork_time', 'fork_tax_bytes'):
      self.assertIn(f'cow/array/idle/glibc/size:1MiB {name}', names)
    # Only the axes of the question vary.
    self.assertIn('cow/array/idle/glibc/size:1MiB/thp:always fork_time', names)
    self.assertFalse([name for name in names
                      if 'boxed' in name and 'thp' in name])

  def test_no_other_case_replaces_a_failed_one(self) -> None:
    before = chosen(runs.results(self.rows))
    failed = 'cow/boxed/free/glibc/size:1MiB'
    rows = [synthetic.failed_row(failed, 'killed')
            if row['name'].startswith(f'{failed}/iterations') else row
            for row in self.rows]
    self.assertEqual(chosen(runs.results(rows)), [
        name for name in before if name != f'{failed} copied_bytes'])

  def test_never_more_than_fifty(self) -> None:
    rows = [synthetic.row(f'cow/boxed/free/variant{i}/size:1MiB', copied_bytes=i)
            for i in range(60)]
    self.assertEqual(len(chosen(runs.results(rows))), questions.MOST_SERIES)

  def test_a_small_run_keeps_all_cases(self) -> None:
    rows = [synthetic.row(f'cow/l{i}/p/glibc/size:1MiB', copied_bytes=i,
                          minor_faults=i) for i in range(50)]
    self.assertEqual(chosen(runs.results(rows)), [
        f'cow/l{i}/p/glibc/size:1MiB copied_bytes' for i in range(50)])
    self.assertEqual(chosen(runs.results([synthetic.row('BM_Other', fork_time=1)])),
                     ['BM_Other fork_time'])
    self.assertEqual(chosen(runs.results([])), [])


if __name__ == '__main__':
  unittest.main()
