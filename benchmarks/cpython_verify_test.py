"""Compares every count of the Python suite with the kernel's and frame numbers.

Needs root outside of a sandbox; otherwise it skips.
"""

import importlib.util
import unittest

from benchmarks.testing.cow import Cow
from benchmarks.testing.verify import VerifyTestCase


class VerifyTest(VerifyTestCase):
  program = 'benchmarks/cpython'

  def test_every_layout_pattern_and_allocator(self) -> None:
    self.assertEqual(self.verified('--preset=smoke', '--iterations=1'),
                     Cow(self.program).cases('--preset=smoke'))

  def test_what_is_not_in_the_default(self) -> None:
    layouts = ['numpy_zeros', 'packed_strings', 'namedtuple',
               'dataclass_slots', 'functions', 'functions_warmed']
    if importlib.util.find_spec('pandas') is not None:
      layouts.append('pandas_strings')
    self.verified('--layouts=' + ','.join(layouts), '--sizes=64KiB,1MiB',
                  '--allocators=pymalloc', '--iterations=1')
    self.verified('--patterns=finalize,freeze_in_child', '--sizes=64KiB,1MiB',
                  '--allocators=pymalloc', '--iterations=1')

  def test_children(self) -> None:
    self.verified('--sizes=1MiB', '--children=4', '--iterations=1',
                  '--allocators=pymalloc')


if __name__ == '__main__':
  unittest.main(verbosity=2)  # shows skipped tests
