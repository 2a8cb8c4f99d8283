"""Compares every count with the kernel's own and with frame numbers.

Needs root outside of a sandbox; otherwise it skips.
"""

import glob
import os
import subprocess
import unittest

from benchmarks.testing.cow import Cow
from benchmarks.testing.cow import counts
from benchmarks.testing.verify import exchange
from benchmarks.testing.verify import VerifyTestCase

KHUGEPAGED = ('/sys/kernel/mm/transparent_hugepage/khugepaged/'
              'scan_sleep_millisecs')
COMPACT = '/proc/sys/vm/compact_memory'


class VerifyTest(VerifyTestCase):
  program = 'benchmarks/cow'

  def test_the_full_preset_at_two_sizes(self) -> None:
    # With what the default preset has: the next tests have the rest.
    _, patterns, allocators = Cow(self.program).names()
    flags = ('--preset=full', '--sizes=64KiB,1MiB', '--iterations=2',
             '--patterns=' + ','.join(patterns),
             '--allocators=' + ','.join(allocators))
    self.assertEqual(self.verified(*flags), Cow(self.program).cases(*flags))

  def skip_without_huge_pages(self) -> None:
    status, stdout, _ = Cow(self.program).run(
        '--thp=always', '--layouts=array', '--patterns=idle', '--sizes=16MiB',
        '--allocators=glibc')
    if status != 0:
      self.skipTest('SKIPPED: the kernel gives no huge pages: ' + stdout)

  def test_huge_pages(self) -> None:
    self.skip_without_huge_pages()
    self.verified('--sizes=8MiB', '--thp=never,always',
                  '--writers=child,parent', '--iterations=1')

  def test_the_kernel_may_migrate_pages_meanwhile(self) -> None:
    self.skip_without_huge_pages()
    if not os.access(COMPACT, os.W_OK):
      self.skipTest('SKIPPED: the kernel does not compact memory')
    compacting = subprocess.Popen(
        ['sh', '-c', f'while echo 1 > {COMPACT}; do :; done'])
    self.addCleanup(compacting.wait)
    self.addCleanup(compacting.kill)
    self.verified('--sizes=8MiB', '--thp=never,always', '--layouts=array,boxed',
                  '--patterns=idle,write', '--writers=child,parent',
                  '--iterations=1')

  def test_verifying_changes_no_count(self) -> None:
    # This malloc fills and checks memory, so it writes more than others.
    library = glob.glob('/usr/lib/*/libtcmalloc_minimal_debug.so.4')[0]
    found = [
        counts(Cow(self.program).results(
            f'--allocator_variant=checking=tcmalloc,preload={library}',
            '--allocators=checking', '--layouts=boxed,string',
            '--sizes=64KiB,1MiB', '--iterations=2', *verify)[1])
        for verify in ((), ('--verify',))]
    self.assertEqual(found[0], found[1])

  def test_new_memory_in_huge_pages(self) -> None:
    # khugepaged must not make huge pages during a window.
    self.addCleanup(exchange, KHUGEPAGED, exchange(KHUGEPAGED, '600000'))
    self.verified(
        '--allocator_variant=huge=jemalloc,MALLOC_CONF=thp:always',
        '--allocators=huge', '--layouts=array,boxed,string', '--sizes=8MiB',
        '--patterns=grow,churn,write', '--iterations=1')

  def test_heaps_elements_and_threads(self) -> None:
    self.verified('--layouts=boxed', '--patterns=write,free', '--sizes=64KiB',
                  '--heap=fresh,holed,aged', '--builders=1,8',
                  '--threads=0,8', '--before_fork=nothing,compact',
                  '--iterations=1')
    self.verified('--sizes=64KiB', '--element=4096', '--heap=aged',
                  '--builders=8', '--threads=8', '--iterations=1')

  def test_touch_and_order(self) -> None:
    self.verified('--sizes=1MiB', '--touch=0.1,10',
                  '--order=sequential,shuffled', '--iterations=1')

  def test_spreads(self) -> None:
    self.verified('--sizes=1MiB', '--touch=1', '--iterations=1',
                  '--spread=clustered,random,zipf')

  def test_a_parent_that_is_last(self) -> None:
    self.verified('--sizes=64KiB,1MiB', '--children=2',
                  '--writers=parent_last', '--iterations=1')

  def test_patterns_and_allocators_of_the_full_preset(self) -> None:
    self.verified('--patterns=rewrite,dismiss,call_exec', '--sizes=64KiB,1MiB',
                  '--writers=child,parent', '--iterations=1')
    # Not jemalloc_background, whose thread may write in any window.
    self.verified('--allocators=tbbmalloc,tcmalloc_full', '--sizes=64KiB,1MiB',
                  '--iterations=1')


if __name__ == '__main__':
  unittest.main(verbosity=2)  # shows skipped tests
