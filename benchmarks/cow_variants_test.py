"""The flags --allocator_variant and --thp."""

import os
import shutil
import tempfile
import unittest

from benchmarks.testing.cow import Cow

PAGE = os.sysconf('SC_PAGE_SIZE')
MIB = 1 << 20
BUMP = os.path.abspath('lib/subject/testing/libbump.so')
NOT_A_MALLOC = os.path.abspath('benchmarks/testing/libnotamalloc.so')

cow = Cow('benchmarks/cow')
ALLOCATORS = cow.names('--preset=smoke')[2]


class VariantsTest(unittest.TestCase):

  def refused(self, variant: str) -> str:
    return cow.refused('--allocator_variant=' + variant, '--preset=smoke')

  def test_a_preloaded_malloc_is_measured_beside_the_others(self) -> None:
    status, rows, context = cow.results(
        f'--allocator_variant=bump=glibc,preload={BUMP}', '--layouts=boxed',
        '--patterns=free,write,grow', '--sizes=1MiB')
    self.assertEqual(status, 0)
    self.assertEqual(len(rows), 3 * (len(ALLOCATORS) + 1))
    self.assertEqual(context['allocator_bump'], 'unknown')
    self.assertIn('LD_PRELOAD=' + BUMP, context['allocator_bump_settings'])
    # Its free() does nothing, and an object takes 24 + 8 bytes.
    freed = rows['cow/boxed/free/bump/size:1MiB']
    self.assertEqual(freed['copied_bytes'], 0)
    self.assertGreater(
        rows['cow/boxed/free/glibc/size:1MiB']['copied_bytes'], 0)
    written = rows['cow/boxed/write/bump/size:1MiB']
    self.assertLessEqual(
        abs(written['copied_bytes'] - MIB // 32 * 32), 2 * PAGE)
    self.assertGreater(
        rows['cow/boxed/grow/bump/size:1MiB']['fresh_bytes'], MIB // 2)

  def test_counts_of_a_random_malloc_have_a_spread(self) -> None:
    flags = (f'--allocator_variant=random=glibc,preload={BUMP},BUMP_RANDOM=1',
             f'--allocator_variant=bump=glibc,preload={BUMP}',
             '--allocators=random,bump', '--layouts=boxed', '--patterns=write',
             '--sizes=1MiB')
    rows = cow.results(*flags)[1]
    self.assertGreater(
        rows['cow/boxed/write/random/size:1MiB']['copied_bytes_spread'], 0)
    self.assertNotIn('copied_bytes_spread',
                     rows['cow/boxed/write/bump/size:1MiB'])

  def test_a_malloc_that_gives_memory_back_makes_counts_unsure(self) -> None:
    rows = cow.results(
        '--allocator_variant=purging=jemalloc,MALLOC_CONF=dirty_decay_ms:0',
        '--allocator_variant=trimming=glibc,GLIBC_TUNABLES='
        'glibc.malloc.trim_threshold=0', '--layouts=boxed,btree_map',
        '--patterns=free,grow', '--sizes=1MiB',
        '--allocators=purging,trimming,jemalloc,glibc')[1]
    unsure = {case.removeprefix('cow/').removesuffix('/size:1MiB')
              for case, row in rows.items() if 'copied_bytes_unsure' in row}
    # A page is purged and touched again; a page is copied and trimmed.
    self.assertIn('boxed/grow/purging', unsure)
    self.assertIn('btree_map/free/trimming', unsure)
    self.assertFalse([case for case in unsure
                      if case.endswith(('/jemalloc', '/glibc'))])

  def test_other_settings_take_effect(self) -> None:
    # glibc's free() then fills what is freed, so that all of it is copied.
    status, rows, context = cow.results(
        '--allocator_variant=filling=glibc,GLIBC_TUNABLES='
        'glibc.malloc.perturb=85',
        '--allocator_variant=narrow=jemalloc,MALLOC_CONF='
        'dirty_decay_ms:-1,muzzy_decay_ms:-1,narenas:1,tcache:false',
        '--allocators=glibc,filling,jemalloc,narrow', '--layouts=boxed',
        '--patterns=free', '--sizes=64KiB', '--element=16384')
    self.assertEqual(status, 0)
    copied, base_copied = (
        rows[f'cow/boxed/free/{allocator}/size:64KiB/element:16384'][
            'copied_bytes'] for allocator in ('filling', 'glibc'))
    self.assertGreater(copied, 2 * base_copied)
    self.assertEqual(context['allocator_narrow'], context['allocator_jemalloc'])
    self.assertEqual(
        context['allocator_narrow_settings'],
        'MALLOC_CONF=dirty_decay_ms:-1,muzzy_decay_ms:-1,narenas:1,'
        'tcache:false')
    self.assertEqual(context['allocator_filling_settings'],
                     'GLIBC_TUNABLES=glibc.malloc.perturb=85')

  def test_a_library_without_malloc_is_refused_in_one_line(self) -> None:
    line = self.refused(f'own=glibc,preload={NOT_A_MALLOC}')
    self.assertIn("--allocator_variant: 'own' with ", line)
    self.assertIn('LD_PRELOAD=' + NOT_A_MALLOC, line)
    self.assertIn('malloc is defined in ', line)
    self.assertIn(', not in ' + NOT_A_MALLOC, line)
    with tempfile.TemporaryDirectory() as folder:
      # The file has the name of the base's own library.
      for name, base in (('libjemalloc.so.2', 'jemalloc'), ('libc.so', 'glibc')):
        copy = os.path.join(folder, name)
        shutil.copy(NOT_A_MALLOC, copy)
        self.assertIn(', not in ' + copy,
                      self.refused(f'own={base},preload={copy}'))
    self.assertIn("'/etc/passwd' to preload: not a shared library",
                  self.refused('own=glibc,preload=/etc/passwd'))
    self.assertIn("--allocator_variant: '/no/such.so' to preload: No such file",
                  self.refused('own=glibc,preload=/no/such.so'))
    self.assertIn("'no_malloc' is not one of: " + ', '.join(ALLOCATORS),
                  self.refused('own=no_malloc'))
    self.assertIn("'jemalloc' is the name of another allocator",
                  self.refused('jemalloc=glibc'))


class HugePagesTest(unittest.TestCase):

  def setUp(self) -> None:
    status, rows, _ = cow.results('--thp=always', '--layouts=array',
                                  '--patterns=idle', '--sizes=16MiB',
                                  '--allocators=glibc')
    if status != 0:
      (row,) = rows.values()
      self.skipTest('SKIPPED: ' + row['error_message'])

  def test_huge_bytes_are_those_of_smaps_and_zero_for_never(self) -> None:
    status, rows, _ = cow.results(
        '--thp=never,always', '--layouts=array,boxed',
        '--patterns=read,write', '--sizes=16MiB', '--writers=child,parent',
        '--iterations=3')
    self.assertEqual(status, 0)
    self.assertEqual(len(rows), len(ALLOCATORS) * 2 * 2 * 2 * 2)
    for name, row in rows.items():
      with self.subTest(name):
        if name.endswith('/thp:never'):
          self.assertEqual(row['huge_bytes'], 0)
        else:
          # All but the ends of the data set is huge before each fork, even
          # after writes of the parent.
          self.assertGreaterEqual(row['huge_bytes'], 14 * MIB)
          self.assertEqual(row['huge_bytes'] % (2 * MIB), 0)
        # The kernel copies a small page, even out of a huge one.
        small = rows[name.replace('always', 'never')]
        for counter in ('copied_bytes', 'minor_faults'):
          self.assertEqual(row[counter], small[counter])

  def test_a_too_small_data_set_is_an_error(self) -> None:
    status, rows, _ = cow.results('--thp=always', '--layouts=boxed',
                                  '--patterns=read', '--sizes=64KiB',
                                  '--allocators=glibc')
    self.assertEqual(status, 1)
    (row,) = rows.values()
    self.assertIn('no huge page fits', row['error_message'])


if __name__ == '__main__':
  unittest.main()
