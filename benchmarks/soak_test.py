"""Random cases have equal counts, whatever runs before or beside them.

The test takes some minutes: bazel test //benchmarks:soak_test
"""

import os
import random
import re
import subprocess
import unittest
from typing import Any

from benchmarks.testing.cow import Cow, Rows, counts

CASES = 200
NEIGHBOURS = 30  # other cases in a run, chosen anew each time
AXES = ('--preset=full', '--sizes=64KiB,1MiB', '--touch=1,100',
        '--children=1,3', '--writers=child,parent,parent_last',
        '--order=sequential,shuffled', '--thp=system,never',
        '--before_fork=nothing,release,compact', '--element=own,256',
        '--heap=fresh,holed,aged', '--builders=1,4', '--threads=0,2',
        '--spread=even,zipf', '--iterations=3',
        # Not jemalloc_background: its threads write when they wake up.
        '--allocators=glibc,jemalloc,tcmalloc,mimalloc,tbbmalloc,tcmalloc_full')


class SoakTest(unittest.TestCase):

  def setUp(self) -> None:
    self.cow = Cow('benchmarks/cow')
    self.all_cases = self.cow.cases(*AXES)
    self.random = random.Random(1)
    self.chosen = self.random.sample(self.all_cases, CASES)

  def measured(self, cases: list[str], **kwargs: Any) -> Rows:
    """The counts of these cases, run among others."""
    beside = self.random.sample(self.all_cases, NEIGHBOURS)
    selected = '|'.join(re.escape(case) for case in (*cases, *beside))
    status, rows, _ = self.cow.results(
        *AXES, f'--benchmark_filter=^({selected})$', **kwargs)
    self.assertEqual(status, 0)
    return {case: row for case, row in counts(rows).items() if case in cases}

  def test_neighbours_nice_environment_and_load(self) -> None:
    first = self.measured(self.chosen)
    self.assertEqual(len(first), CASES)
    self.random.shuffle(self.chosen)
    for part in (self.chosen[:CASES // 2], self.chosen[CASES // 2:]):
      found = self.measured(
          part, preexec_fn=lambda: os.nice(10),
          env=os.environ | {'LANG': 'C.UTF-8', 'FILLER': 'x' * 5000}, cwd='/')
      self.assertEqual(found, {case: first[case] for case in found})
    with subprocess.Popen(['benchmarks/testing/machine_ager'],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE):
      self.assertEqual(self.measured(self.chosen), first)


if __name__ == '__main__':
  unittest.main()
