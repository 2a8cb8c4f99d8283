"""Counts on a machine with fragmented memory equal those before.

The test takes half an hour and needs root:
bazel test //benchmarks:aged_machine_test
"""

import subprocess
import unittest

from benchmarks.testing.cow import Cow, counts
from benchmarks.testing.verify import VerifyTestCase

ROUNDS = 10
HUGE = ('--layouts=array,boxed,string', '--sizes=16MiB', '--thp=always',
        '--writers=child,parent', '--iterations=3')


class AgedMachineTest(VerifyTestCase):

  def setUp(self) -> None:
    super().setUp()
    self.before = self.measured()
    ager = subprocess.Popen(['benchmarks/testing/machine_ager'],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    self.addCleanup(ager.communicate)
    assert ager.stdout is not None
    self.assertEqual(ager.stdout.readline(), b'ageing\n')

  def measured(self) -> dict[str, object]:
    """The counts of the smoke presets and of huge pages."""
    found: dict[str, object] = {}
    smoke = ('--preset=smoke', '--iterations=2')
    for program, flags in (('cow', smoke), ('cpython', smoke), ('cow', HUGE)):
      status, rows, _ = Cow('benchmarks/' + program).results(*flags)
      self.assertEqual(status, 0)
      found |= counts(rows)
    return found

  def test_ten_rounds(self) -> None:
    for number in range(ROUNDS):
      with self.subTest(round=number):
        print('round', number, flush=True)
        found = self.measured()
        self.assertEqual({case: (self.before[case], found[case])
                          for case in self.before
                          if self.before[case] != found[case]}, {})
        for self.program in ('benchmarks/cow', 'benchmarks/cpython'):
          self.verified('--preset=smoke', '--iterations=2')
        self.program = 'benchmarks/cow'
        self.verified(*HUGE)


if __name__ == '__main__':
  unittest.main(verbosity=2)  # shows skipped tests
