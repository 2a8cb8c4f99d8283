"""What //benchmarks:cpython counts, from its command line to its JSON."""

import os
import unittest
from typing import Any

from benchmarks.testing.cow import Cow
from benchmarks.testing.cow import Rows

PAGE = os.sysconf('SC_PAGE_SIZE')
# At most this much of the interpreter is copied: frames, caches, types.
OWN = 64 * PAGE
# Interpreter and data set may share a pool of pymalloc.
HANDFUL = 8 * PAGE
REPEATABLE = ('copied_bytes', 'copied_metadata_bytes', 'minor_faults')


class CountsTest(unittest.TestCase):

  def setUp(self) -> None:
    self.cow = Cow('benchmarks/cpython')

  def rows(self, *flags: str) -> Rows:
    status, rows, _ = self.cow.results('--iterations=1', *flags)
    self.assertEqual(status, 0)
    return rows

  def row(self, case: str, size: str,
          allocator: str = 'pymalloc') -> dict[str, Any]:
    """The one case, alone."""
    layout, pattern = case.split('/')
    rows = self.rows('--layouts=' + layout, '--patterns=' + pattern,
                     '--sizes=' + size, '--allocators=' + allocator)
    (case_id, row), = rows.items()
    self.assertEqual(case_id, f'cow/{case}/{allocator}/size:{size}')
    return row

  def assert_copies_no_data(self, row: dict[str, Any]) -> None:
    data = row['copied_bytes'] - row['copied_metadata_bytes']
    self.assertLessEqual(data, HANDFUL)
    self.assertLessEqual(row['copied_metadata_bytes'], OWN)

  def test_the_results_of_the_first_question(self) -> None:
    row = self.row('numpy_ones/sum', '7813KiB')
    self.assertEqual(row['copied_bytes'], row['copied_metadata_bytes'])
    self.assertLessEqual(row['copied_bytes'], OWN)
    elements = 35157 * 1024 // 36  # a million
    for pattern in ('sum', 'for'):
      row = self.row('list_range/' + pattern, '35157KiB')
      data = row['copied_bytes'] - row['copied_metadata_bytes']
      # A pool of 16 KiB has a header and 510 blocks of 32 bytes. The smallest
      # ints belong to the interpreter.
      self.assertGreaterEqual(data, elements * 32 - HANDFUL)
      self.assertLessEqual(data, elements // 510 * 4 * PAGE + HANDFUL)
      self.assert_copies_no_data(self.row('list_same/' + pattern, '7813KiB'))

  def test_which_advice_helps(self) -> None:
    size = '4MiB'
    for case in ('numpy_shared/write', 'array_array/for', 'numpy_object/sum',
                 'list_range/len'):
      with self.subTest(case):
        self.assert_copies_no_data(self.row(case, size))
    for case in ('numpy_ones/write', 'numpy_object/for', 'tuple_range/for',
                 'dict_int/for', 'list_str/for', 'list_range_frozen/for',
                 'list_range_gc_off/for', 'list_list/gc_collect',
                 'list_list/new_lists'):
      with self.subTest(case):
        row = self.row(case, size)
        self.assertGreater(row['copied_bytes'] - row['copied_metadata_bytes'],
                           2**20)
    for case in ('list_list_frozen/gc_collect', 'list_list_frozen/new_lists',
                 'list_list_gc_off/new_lists'):
      with self.subTest(case):
        row = self.row(case, size)
        self.assertLessEqual(
            row['copied_bytes'] - row['copied_metadata_bytes'], 2 * HANDFUL)

  def test_a_part_of_the_list_by_position(self) -> None:
    rows = self.rows('--layouts=list_range', '--sizes=4MiB', '--touch=0.1,100',
                     '--allocators=pymalloc')
    # Only statements with an index support a part of the list.
    self.assertEqual([case for case in rows if 'touch:' in case],
                     ['cow/list_range/index/pymalloc/size:4MiB/touch:0.1'])
    part, whole = (rows['cow/list_range/index/pymalloc/size:4MiB' + suffix]
                   for suffix in ('/touch:0.1', ''))
    elements = -(-4 * 2**20 // 36 // 1000)
    self.assertLessEqual(
        part['copied_bytes'] - part['copied_metadata_bytes'],
        elements * PAGE + HANDFUL)
    self.assertGreater(whole['copied_bytes'], 5 * part['copied_bytes'])

  def test_runs_repeat(self) -> None:
    flags = ('--sizes=1MiB', '--layouts=list_range,numpy_ones,dict_int')
    first, second = self.rows(*flags), self.rows(*flags)
    self.assertEqual(first.keys(), second.keys())
    for case, row in first.items():
      with self.subTest(case):
        for counter in REPEATABLE:
          self.assertEqual(row[counter], second[case][counter], counter)

  def test_what_is_not_in_the_default(self) -> None:
    names = self.cow.names()
    for name in ('functions', 'numpy_zeros', 'finalize', 'freeze_in_child'):
      self.assertNotIn(name, names[0] + names[1])
    data = {}
    for case in ('list_list/freeze_in_child', 'list_list/finalize',
                 'packed_strings/for', 'numpy_zeros/sum', 'numpy_zeros/write',
                 'namedtuple/for', 'namedtuple/fields', 'dataclass_slots/for',
                 'functions/call', 'functions_warmed/call_often'):
      row = self.row(case, '4MiB')
      data[case] = row['copied_bytes'] - row['copied_metadata_bytes']
      if case.startswith('numpy_zeros'):
        self.assertEqual(row['fresh_bytes'],
                         4 * 2**20 if case.endswith('write') else 0)
    for case in ('list_list/freeze_in_child', 'packed_strings/for',
                 'numpy_zeros/sum', 'numpy_zeros/write'):
      self.assertLessEqual(data[case], 2 * HANDFUL, case)
    for case in ('list_list/finalize', 'namedtuple/for', 'dataclass_slots/for',
                 'functions/call'):
      self.assertGreater(data[case], 2**20, case)
    self.assertGreater(data['namedtuple/fields'], data['namedtuple/for'])
    self.assertAlmostEqual(data['functions_warmed/call_often'],
                           data['functions/call'], delta=2 * HANDFUL)

  def test_an_allocator_replaces_pymalloc(self) -> None:
    sizes = {allocator: self.row('list_range/for', '4MiB', allocator)
             ['resident_bytes'] for allocator in ('pymalloc', 'glibc')}
    # 48 bytes an int instead of 32.
    self.assertGreater(sizes['glibc'], 1.3 * sizes['pymalloc'])


if __name__ == '__main__':
  unittest.main()
