"""//benchmarks:cow starts in any environment, or says what it lacks."""

import os
import subprocess
import tempfile
import unittest

from benchmarks.testing.cow import Cow
from benchmarks.testing.cow import read_results

# 16 cases.
QUICK = ('--sizes=64KiB', '--iterations=1', '--layouts=array',
         '--patterns=idle,read,copy_out,write',
         '--allocators=glibc,jemalloc,tcmalloc,mimalloc')


class StartTest(unittest.TestCase):

  def setUp(self) -> None:
    self.cow = Cow('benchmarks/cow')

  def test_with_standard_streams_closed(self) -> None:
    with tempfile.TemporaryDirectory() as folder:
      out = os.path.join(folder, 'out.json')
      process = subprocess.run(
          ['bash', '-c', 'exec "$@" <&- >&- 2>&-', 'bash', self.cow.path,
           *QUICK, '--benchmark_out=' + out], check=False)
      self.assertEqual(process.returncode, 0)
      self.assertEqual(len(read_results(out)[0]), 16)

  def test_paths_are_relative_to_where_the_user_is(self) -> None:
    with tempfile.TemporaryDirectory() as folder:
      status, _, _ = self.cow.run(
          *QUICK, '--benchmark_out=out.json',
          env={**os.environ, 'BUILD_WORKING_DIRECTORY': folder})
      self.assertEqual(status, 0)
      _, context = read_results(os.path.join(folder, 'out.json'))
    for key in ('cowbench_version', 'kernel', 'page_size', 'thp_enabled',
                'allocator_glibc', 'allocator_jemalloc',
                'allocator_tcmalloc', 'allocator_mimalloc', 'compiler',
                'build_mode', 'num_cpus', 'memory'):
      self.assertTrue(context.get(key), key)

  def test_where_huge_pages_are_disabled(self) -> None:
    status, rows, context = self.cow.results(
        '--sizes=4MiB', '--iterations=1', '--layouts=array', '--patterns=idle',
        '--allocators=glibc', '--thp=system,always')
    self.assertEqual(context['thp_enabled'], 'never')
    self.assertEqual(context['mthp_enabled'], 'never')
    # The flag outranks what this process has inherited.
    self.assertEqual((status, len(rows)), (0, 2))

  def test_a_result_that_cannot_be_written_is_a_failure(self) -> None:
    process = subprocess.run(
        [self.cow.path, *QUICK, '--benchmark_out=/dev/full'],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        check=False)
    self.assertEqual(process.returncode, 1)
    self.assertIn('--benchmark_out', process.stderr.splitlines()[-1])

  def test_a_list_that_cannot_be_written_is_a_failure(self) -> None:
    for flag in ('--list', '--help', '--version', '--benchmark_list_tests'):
      with self.subTest(flag), open('/dev/full', 'w', encoding='ascii') as full:
        process = subprocess.run(
            [self.cow.path, *QUICK, flag], stdout=full, stderr=subprocess.PIPE,
            text=True, check=False)
        self.assertEqual(process.returncode, 1)
        self.assertEqual(process.stderr,
                         'cow: standard output: No space left on device\n')

  def test_a_wrong_working_directory_is_named(self) -> None:
    status, stdout, stderr = self.cow.run(
        *QUICK, env={**os.environ, 'BUILD_WORKING_DIRECTORY': '/none/\x1b'})
    self.assertEqual((status, stdout), (2, ''))
    self.assertRegex(
        stderr, r"\Acow: BUILD_WORKING_DIRECTORY: '/none/\\x1b': .*\n\Z")

  def test_a_missing_proc_is_named(self) -> None:
    hide = ['unshare', '--mount', 'sh', '-c',
            'mount -t tmpfs none /proc && exec "$@"', 'sh']
    if subprocess.run([*hide, 'true'], capture_output=True,
                      check=False).returncode != 0:
      self.skipTest('SKIPPED: hiding /proc is not allowed')
    process = subprocess.run([*hide, self.cow.path, *QUICK], text=True,
                             capture_output=True, check=False)
    self.assertEqual((process.returncode, process.stdout), (2, ''))
    self.assertRegex(process.stderr, r'\Acow: /proc/.* must be mounted\n\Z')


if __name__ == '__main__':
  unittest.main()
