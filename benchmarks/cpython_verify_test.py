"""Every count of the Python suite against the kernel's and frame numbers.

Needs root outside of any sandbox; skips visibly otherwise.
"""

import unittest

from benchmarks.testing.verify import VerifyTestCase


class VerifyTest(VerifyTestCase):
  program = 'benchmarks/cpython'

  def test_every_layout_pattern_and_allocator(self) -> None:
    stdout = self.verified('--preset=smoke', '--iterations=1')
    self.assertEqual(stdout.count('cow/list_range/for/'), 5 * 2 + 2)

  def test_children(self) -> None:
    self.verified('--sizes=1MiB', '--children=4', '--iterations=1',
                  '--allocators=pymalloc')


if __name__ == '__main__':
  unittest.main(verbosity=2)  # says what is skipped, and why
