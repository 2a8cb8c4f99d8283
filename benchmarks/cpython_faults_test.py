"""A failure in Python costs one row, which names the exception."""

import unittest

from benchmarks.testing.cow import Cow
from benchmarks.testing.cow import is_childless


class FaultsTest(unittest.TestCase):

  def test_each_fault_is_one_error_row(self) -> None:
    status, rows, _ = Cow('benchmarks/testing/cpython_faults').results(
        '--sizes=64KiB', '--allocators=pymalloc,jemalloc', '--iterations=1')
    self.assertEqual(status, 1)
    for allocator in ('pymalloc', 'jemalloc'):
      for case, message in (
          ('raises/divide', 'ZeroDivisionError: division by zero'),
          ('raises/lines', 'OSError: a b'),
          ('raises/exit', 'SystemExit: 3'),
          ('raises/memory', 'MemoryError'),
          ('unbuildable/idle', 'MemoryError'),
          ('no_module/idle',
           "ModuleNotFoundError: No module named 'no_such_module'"),
      ):
        row = rows.pop(f'cow/{case}/{allocator}/size:64KiB')
        self.assertTrue(row['error_occurred'], case)
        self.assertTrue(row['error_message'].endswith(message),
                        row['error_message'])
      fine = rows.pop(f'cow/raises/idle/{allocator}/size:64KiB')
      self.assertNotIn('error_occurred', fine)
    self.assertEqual(rows, {})
    self.assertTrue(is_childless())


if __name__ == '__main__':
  unittest.main()
