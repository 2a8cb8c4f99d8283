"""What the state of the heap, its threads and its elements' size change."""

import os
import unittest

from benchmarks.testing.cow import Cow
from benchmarks.testing.cow import Rows
from benchmarks.testing.cow import counts

PAGE = os.sysconf('SC_PAGE_SIZE')
ALLOCATORS = ('glibc', 'jemalloc', 'tcmalloc', 'mimalloc')


class HeapsTest(unittest.TestCase):

  def setUp(self) -> None:
    self.cow = Cow('benchmarks/cow')

  def rows(self, *flags: str) -> Rows:
    status, rows, _ = self.cow.results(*flags)
    self.assertEqual(status, 0)
    return rows

  def test_an_element_of_one_page_copies_one_page(self) -> None:
    rows = self.rows('--layouts=boxed', '--patterns=write', '--sizes=1MiB',
                     f'--element={PAGE}', '--touch=1,10,100', '--iterations=2')
    elements = 2**20 // (PAGE + 8)
    self.assertEqual(len(rows), 3 * len(ALLOCATORS))
    for case, row in rows.items():
      with self.subTest(case):
        percent = int(case.partition('touch:')[2].split('/')[0] or 100)
        self.assertEqual(row['copied_bytes'],
                         -(-elements * percent // 100) * PAGE)
        self.assertEqual(row['copied_metadata_bytes'], 0)

  def test_ten_runs_have_the_same_counts(self) -> None:
    flags = ('--layouts=boxed', '--patterns=free', '--sizes=64KiB',
             '--heap=holed,aged', '--builders=4', '--threads=4',
             '--before_fork=nothing,compact', '--element=64',
             '--iterations=1')
    first = counts(self.rows(*flags))
    self.assertEqual(len(first), len(ALLOCATORS) * 4)
    for _ in range(9):
      self.assertEqual(counts(self.rows(*flags)), first)

  def test_what_is_the_default_changes_nothing(self) -> None:
    flags = ('--layouts=boxed,string,node_hash_map', '--sizes=64KiB',
             '--iterations=2')
    first = counts(self.rows(*flags))
    both = counts(self.rows(*flags, '--element=256,own', '--heap=aged,fresh',
                            '--builders=4,1', '--threads=4,0'))
    self.assertEqual({case: both[case] for case in first}, first)

  def test_threads_cost_a_fork_tax_and_nothing_else(self) -> None:
    rows = self.rows('--layouts=array', '--patterns=write,idle',
                     '--sizes=1MiB', '--threads=0,8', '--iterations=2')
    for case, row in rows.items():
      if case.endswith('/threads:8'):
        with self.subTest(case):
          alone = rows[case.removesuffix('/threads:8')]
          self.assertEqual(row['copied_bytes'], alone['copied_bytes'])
          self.assertGreater(row['fork_tax_bytes'], alone['fork_tax_bytes'])

  def test_holes_double_what_the_elements_lie_on(self) -> None:
    rows = self.rows('--layouts=boxed', '--patterns=write', '--sizes=4MiB',
                     '--heap=fresh,holed', '--allocators=glibc,jemalloc',
                     '--iterations=2')
    for allocator in ('glibc', 'jemalloc'):
      case = f'cow/boxed/write/{allocator}/size:4MiB'
      self.assertAlmostEqual(rows[case + '/heap:holed']['copied_bytes'],
                             2 * rows[case]['copied_bytes'], delta=4 * PAGE)

  def test_compacting_fills_the_pages_again(self) -> None:
    # tcmalloc's threads share their free memory.
    allocators = ('glibc', 'jemalloc', 'mimalloc')
    rows = self.rows('--layouts=boxed', '--patterns=write', '--sizes=4MiB',
                     '--heap=fresh,holed', '--before_fork=nothing,compact',
                     '--allocators=' + ','.join(allocators), '--iterations=2')
    for allocator in allocators:
      case = f'cow/boxed/write/{allocator}/size:4MiB'
      with self.subTest(allocator):
        self.assertAlmostEqual(
            rows[case + '/before_fork:compact/heap:holed']['copied_bytes'],
            rows[case]['copied_bytes'], delta=0.02 * rows[case]['copied_bytes'])

  def test_a_mistake_names_its_flag(self) -> None:
    for flags, text in (
        (('--element=15',), '--element: .* from 16 to 65536, nor own'),
        (('--heap=old',), '--heap: .* fresh, holed, aged'),
        (('--builders=65',), '--builders: .* from 1 to 64'),
        (('--threads=-1',), '--threads: .* from 0 to 64'),
        (('--layouts=array', '--heap=aged'), '--heap: no chosen layout'),
        (('--layouts=boxed', '--element=16'), '--element: no chosen layout')):
      with self.subTest(flags):
        self.assertRegex(self.cow.refused(*flags), text)


if __name__ == '__main__':
  unittest.main()
