"""Compares every count of the Python suite with the kernel's and frame numbers.

Needs root outside of a sandbox; otherwise it skips.
"""

import unittest

from benchmarks.testing.cow import Cow
from benchmarks.testing.verify import VerifyTestCase


class VerifyTest(VerifyTestCase):
  program = 'benchmarks/cpython'

  def test_every_layout_pattern_and_allocator(self) -> None:
    stdout = self.verified('--preset=smoke', '--iterations=1')
    cases = Cow(self.program).cases('--preset=smoke')
    self.assertEqual([case for case in cases if case + ' ' not in stdout], [])

  def test_children(self) -> None:
    self.verified('--sizes=1MiB', '--children=4', '--iterations=1',
                  '--allocators=pymalloc')


if __name__ == '__main__':
  unittest.main(verbosity=2)  # shows skipped tests
