"""Tests of the status of a run."""

import unittest

from scripts.findings import status
from scripts.testing import runs
from scripts.testing import synthetic


class StatusTest(unittest.TestCase):

  def test_a_loaded_machine(self) -> None:
    rows = [synthetic.row('cow/a/read/glibc/size:1MiB', copied_bytes=0)]
    how = status.of(runs.results(rows, load_avg=[4.25, 1.0, 1.0], num_cpus=8))
    self.assertTrue(how.busy)
    self.assertEqual(how.load_text,
                     'Busy machine (load average 4.2 on 8 CPUs): times '
                     'unreliable, counts exact.')
    for load_avg, cpus in (([4.0, 9.0, 9.0], 8), ([], 8), ('x', 8), ([9], 0)):
      how = status.of(runs.results(rows, load_avg=load_avg, num_cpus=cpus))
      self.assertEqual(how.load_text, '')

  def test_counted_tasks_replace_the_load_average(self) -> None:
    for others, words in ((0.0, ''), (0.5, ''),
                          (1.0, '1.0 other tasks on 2 CPUs')):
      rows = [synthetic.row(f'cow/a/{pattern}/glibc/size:1MiB', i, 2,
                            copied_bytes=0, other_tasks=2 * others * i)
              for pattern in ('read', 'write') for i in range(2)]
      how = status.of(runs.results(rows, load_avg=[9], num_cpus=2))
      self.assertEqual(how.busy, words)

  def test_facts_of_the_run(self) -> None:
    case = 'cow/a/read/glibc/size:1MiB'
    how = status.of(runs.results(
        [synthetic.row(case, i, 3, copied_bytes=0) for i in range(3)]))
    self.assertEqual((how.cases, how.failed, how.repetitions), (1, 0, 3))
    self.assertEqual(how.machine, 'Linux 6.18.0, Some CPU')
    self.assertEqual(how.commit, synthetic.CONTEXT['git_commit'])
    self.assertEqual(how.failure_text, '')

  def test_reasons_that_differ_only_in_numbers_are_one(self) -> None:
    rows = [synthetic.failed_row(f'cow/a/read/glibc/size:{n}GiB', message)
            for n, message in enumerate(('no memory', 'took 3 s', 'took 14 s'),
                                        start=1)]
    self.assertEqual(
        [failure.text for failure in status.of(runs.results(rows)).failures],
        ['cow/a/read/glibc/size:2GiB and 1 more: took 3 s',
         'cow/a/read/glibc/size:1GiB: no memory'])


if __name__ == '__main__':
  unittest.main()
