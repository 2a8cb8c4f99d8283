"""The environment of a run changes no count, or the context records it."""

import os
import subprocess
import tempfile
import unittest

from benchmarks.testing.cow import (Cow, Rows, counts, disable_huge_pages,
                                    read_results, skip_without_own_mounts)
from scripts.reading import environment

FLAGS = ('--preset=smoke', '--sizes=64KiB', '--patterns=free,grow',
         '--iterations=2')


class EnvironmentTest(unittest.TestCase):

  def measured(self) -> tuple[Rows, dict[str, str]]:
    status, rows, context = Cow('benchmarks/cow').results(*FLAGS)
    self.assertEqual(status, 0)
    return counts(rows), environment.fingerprint(context)

  def test_cpu_affinity(self) -> None:
    allowed = os.sched_getaffinity(0)
    if len(allowed) < 2:
      self.skipTest('SKIPPED: only one CPU')
    _, fingerprint = self.measured()
    os.sched_setaffinity(0, {min(allowed)})
    self.addCleanup(os.sched_setaffinity, 0, allowed)
    # Counts may differ: jemalloc's number of arenas depends on that of CPUs.
    _, fingerprint_of_one = self.measured()
    self.assertEqual(fingerprint['cpus_allowed'], str(len(allowed)))
    self.assertEqual(fingerprint_of_one['cpus_allowed'], '1')

  def test_files_that_every_program_is_started_with(self) -> None:
    skip_without_own_mounts(self)
    with tempfile.TemporaryDirectory() as folder:
      etc = os.path.join(folder, 'etc')
      os.mkdir(etc)
      os.symlink('narenas:1', os.path.join(etc, 'malloc.conf'))
      one = os.path.join(folder, 'one')
      with open(one, 'w', encoding='ascii') as file:
        file.write('1\n')
      out = os.path.join(folder, 'out.json')
      subprocess.run(
          ['unshare', '--mount', 'sh', '-euc',
           'mount --bind "$1" /etc; '
           'mount --bind "$2" /proc/sys/vm/legacy_va_layout; shift 2; "$@"',
           'sh', etc, one, os.path.abspath('benchmarks/cow'), *FLAGS,
           '--benchmark_out=' + out], check=True, capture_output=True)
      _, context = read_results(out)
    fingerprint = environment.fingerprint(context)
    self.assertEqual(fingerprint['malloc_conf_file'], 'narenas:1')
    self.assertEqual(fingerprint['legacy_va_layout'], '1')

  def test_nice_environment_and_folder(self) -> None:
    rows, fingerprint = self.measured()
    os.environ['MALLOC_CONF'] = 'narenas:1'
    self.addCleanup(os.environ.pop, 'MALLOC_CONF')
    os.environ['A' * 1000] = 'b' * 1000
    self.addCleanup(os.environ.pop, 'A' * 1000)
    status, others, context = Cow('benchmarks/cow').results(
        *FLAGS, preexec_fn=lambda: os.nice(5), cwd='/')
    self.assertEqual(status, 0)
    self.assertEqual(counts(others), rows)
    self.assertEqual(environment.fingerprint(context), fingerprint)

  def test_huge_pages(self) -> None:
    skip_without_own_mounts(self)
    setting = ('/sys/kernel/mm/transparent_hugepage/hugepages-'
               f'{4 * os.sysconf("SC_PAGESIZE") // 1024}kB/enabled')
    if not os.path.exists(setting):
      self.skipTest('SKIPPED: no multi-size huge pages before Linux 6.8')
    with tempfile.TemporaryDirectory() as folder:
      other = os.path.join(folder, 'enabled')
      with open(other, 'w', encoding='ascii') as file:
        file.write('[always] inherit madvise never\n')
      out = os.path.join(folder, 'out.json')
      subprocess.run(
          ['unshare', '--mount', 'sh', '-euc',
           'mount --bind "$1" "$2"; shift 2; "$@"', 'sh', other, setting,
           os.path.abspath('benchmarks/cow'), '--layouts=boxed',
           '--patterns=grow', '--allocators=glibc', '--sizes=1MiB',
           '--iterations=1', '--thp=system,never', '--benchmark_out=' + out],
          check=True, capture_output=True,
          preexec_fn=lambda: disable_huge_pages(False))
      rows, context = read_results(out)
    self.assertIn('=always', environment.fingerprint(context)['mthp_enabled'])
    # A fault may fill several pages only where the process may have such pages.
    self.assertEqual(['copied_bytes_unsure' in row for row in rows.values()],
                     [True, False])


if __name__ == '__main__':
  unittest.main()
