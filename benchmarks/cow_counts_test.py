"""What //benchmarks:cow counts, from its command line to its JSON."""

import os
import resource
import unittest
from typing import Any

from benchmarks.testing.cow import Cow
from benchmarks.testing.cow import Rows
from benchmarks.testing.cow import counts

PAGE = os.sysconf('SC_PAGE_SIZE')
UNITS = {'B': 1, 'KiB': 2**10, 'MiB': 2**20, 'GiB': 2**30}


class CountsTest(unittest.TestCase):

  def setUp(self) -> None:
    self.cow = Cow('benchmarks/cow')
    self.layouts, self.patterns, self.allocators = self.cow.names(
        '--preset=smoke')

  def rows(self, *flags: str) -> Rows:
    status, rows, _ = self.cow.results(*flags)
    self.assertEqual(status, 0)
    return rows

  def test_array_written_is_copied_to_the_page(self) -> None:
    rows = self.rows(
        '--layouts=array', '--patterns=write', '--sizes=64KiB,1MiB,64MiB,1GiB',
        '--children=1,4', '--iterations=1')
    self.assertEqual(len(rows), 4 * 2 * len(self.allocators))
    for case, row in rows.items():
      with self.subTest(case):
        size = {'64KiB': 2**16, '1MiB': 2**20, '64MiB': 2**26, '1GiB': 2**30}[
            case.split('size:')[1].split('/')[0]]
        self.assertEqual(row['copied_bytes'], size)
        self.assertEqual(row['minor_faults'], size // PAGE)
        self.assertEqual(row['amplification'], 1)
        self.assertEqual(row['fresh_bytes'], 0)

  def test_a_part_of_the_array_copies_the_pages_it_lies_on(self) -> None:
    rows = self.rows('--layouts=array', '--patterns=write', '--sizes=1MiB',
                     '--touch=0.01,0.1,1,50', '--iterations=1')
    elements = 2**20 // 8
    for percent, row_id in ((0.01, '0.01'), (0.1, '0.1'), (1, '1'), (50, '50')):
      touched = -int(-elements * percent // 100)
      pages = {j * elements // touched * 8 // PAGE for j in range(touched)}
      for allocator in self.allocators:
        row = rows[f'cow/array/write/{allocator}/size:1MiB/touch:{row_id}']
        self.assertEqual(row['copied_bytes'], len(pages) * PAGE)
        self.assertEqual(row['minor_faults'], len(pages))

  def test_reading_and_idling_copy_nothing(self) -> None:
    for case, row in self.rows('--preset=smoke', '--patterns=idle,read').items():
      with self.subTest(case):
        self.assertEqual(row['copied_bytes'], 0)
        self.assertEqual(row['minor_faults'], 0)
        self.assertNotIn('amplification', row)

  def test_the_four_results_that_started_it(self) -> None:
    rows = self.rows('--layouts=array,boxed,boxed_shared',
                     '--patterns=read,refcount', '--sizes=64MiB',
                     '--iterations=1')
    objects = 2**26 // 32
    for allocator in self.allocators:
      def copied(case: str, allocator: str = allocator) -> Any:
        return rows[f'cow/{case}/{allocator}/size:64MiB']['copied_bytes']
      self.assertEqual(copied('array/read'), 0)
      self.assertEqual(copied('boxed/read'), 0)
      # Every page with an object on it: 24 bytes each, and what the allocator
      # adds between them, at most another object's worth.
      self.assertGreaterEqual(copied('boxed/refcount'), objects * 24)
      self.assertLess(copied('boxed/refcount'), objects * 48)
      self.assertEqual(copied('boxed_shared/refcount'), PAGE)

  def test_allocators_differ_in_what_freeing_copies(self) -> None:
    rows = self.rows('--layouts=boxed', '--patterns=free,refcount',
                     '--sizes=64MiB', '--iterations=1')
    def part(allocator: str) -> float:
      free, every = (rows[f'cow/boxed/{pattern}/{allocator}/size:64MiB']
                     ['copied_bytes'] for pattern in ('free', 'refcount'))
      return float(free / every)
    # All but jemalloc keep their books among the objects.
    for allocator in ('glibc', 'tcmalloc', 'mimalloc'):
      self.assertGreater(part(allocator), 0.95, allocator)
    self.assertLess(part('jemalloc'), 0.05)

  def test_runs_repeat_in_any_order_and_each_case_alone(self) -> None:
    flags = ('--sizes=64KiB,1MiB', '--iterations=3')
    first = counts(self.rows(*flags))
    # What the parent does beside changes nothing for children.
    mixed = counts(self.rows(*flags, '--writers=parent,child'))
    self.assertEqual({case: mixed[case] for case in first}, first)
    self.assertEqual(counts(self.rows(*flags)), first)
    self.assertEqual(
        counts(self.rows('--sizes=1MiB,64KiB', '--iterations=7',
                         '--allocators=' + ','.join(reversed(self.allocators)),
                         '--patterns=' + ','.join(reversed(self.patterns)),
                         '--layouts=' + ','.join(reversed(self.layouts)))),
        first)
    for case, values in first.items():
      if case.endswith('1MiB'):
        continue  # for the sake of time
      with self.subTest(case):
        alone = self.rows(*flags, f'--benchmark_filter=^{case}$')
        self.assertEqual(counts(alone), {case: values})

  def test_copied_metadata_is_the_allocators_own(self) -> None:
    rows = self.rows('--layouts=boxed', '--patterns=write,free',
                     '--sizes=1MiB', '--writers=child,parent',
                     '--allocators=glibc,jemalloc,tcmalloc,mimalloc')
    for case, row in rows.items():
      with self.subTest(case):
        metadata = row['copied_metadata_bytes']
        self.assertLessEqual(metadata, row['copied_bytes'])
        if '/write/' in case:
          self.assertEqual(metadata, 0)
        elif '/jemalloc/' in case:  # its metadata is apart from the objects
          self.assertEqual(metadata, row['copied_bytes'])
        else:
          self.assertGreater(metadata, 0)
          self.assertLess(metadata, row['copied_bytes'] / 2)

  def test_the_time_of_a_copied_page_is_the_windows(self) -> None:
    rows = self.rows('--layouts=array,boxed', '--patterns=write,read,grow',
                     '--sizes=1MiB', '--iterations=1')
    for case, row in rows.items():
      with self.subTest(case):
        if '/write/' in case:
          self.assertAlmostEqual(
              row['copied_page_time'] * row['copied_bytes'] / PAGE,
              row['access_time'], delta=1e-6)
        else:  # nothing copied, or mostly new memory
          self.assertNotIn('copied_page_time', row)

  def test_nothing_needs_more_memory_than_was_listed(self) -> None:
    flags = ('--sizes=64KiB,4MiB', '--children=2', '--writers=child,parent',
             '--iterations=1')
    rows = self.rows(*flags)
    _, listed, _ = self.cow.run('--list', *flags)
    seen = 0
    for line in listed.splitlines():
      case, *_, number, unit = line.split()
      if case in rows:
        row = rows[case]
        writers = 1 if case.endswith('writer:parent') else 2
        used = row['resident_bytes'] + writers * (
            row['copied_bytes'] + row['fresh_bytes'] + row['fork_tax_bytes'])
        # The list has three digits.
        self.assertLessEqual(used, 1.005 * float(number) * UNITS[unit], case)
        seen += 1
    self.assertEqual(seen, len(rows))

  def test_data_sets_lie_at_the_same_addresses_every_time(self) -> None:
    # The copies of Abseil's tables depend on their addresses.
    flags = ('--layouts=flat_hash_map,node_hash_map', '--sizes=1MiB',
             '--patterns=write,free,grow', '--touch=1,100', '--iterations=1')
    first = counts(self.rows(*flags))
    for _ in range(4):
      self.assertEqual(counts(self.rows(*flags)), first)
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    resource.setrlimit(resource.RLIMIT_STACK, (hard, hard))
    try:
      self.assertEqual(counts(self.rows(*flags)), first)
    finally:
      resource.setrlimit(resource.RLIMIT_STACK, (soft, hard))


if __name__ == '__main__':
  unittest.main()
