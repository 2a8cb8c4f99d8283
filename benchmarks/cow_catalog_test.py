"""A new entry in the catalog changes no count of another case."""

import unittest

from benchmarks.testing.cow import Cow
from benchmarks.testing.cow import counts


class CatalogTest(unittest.TestCase):

  def test_a_new_layout_and_a_new_pattern_move_no_other_count(self) -> None:
    rows = {}
    for program in ('cow', 'testing/cow_extended'):
      status, rows[program], _ = Cow('benchmarks/' + program).results(
          '--preset=smoke', '--sizes=64KiB')
      self.assertEqual(status, 0)
    extended = counts(rows['testing/cow_extended'])
    self.assertTrue(any('/records/' in case for case in extended))
    self.assertTrue(any('/nothing/' in case for case in extended))
    for case, values in counts(rows['cow']).items():
      with self.subTest(case):
        self.assertEqual(extended[case], values)


if __name__ == '__main__':
  unittest.main()
