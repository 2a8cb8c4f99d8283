"""The summary at the end of a run; its failure loses no result."""

import json
import os
import shutil
import tempfile
import unittest

from benchmarks.testing.cow import Cow
from benchmarks.testing.cow import read_results

# Four cases: read copies nothing; what free copies depends on the allocator.
FLAGS = ('--sizes=1MiB', '--iterations=1', '--layouts=boxed', '--table=none',
         '--patterns=read,free', '--allocators=glibc,jemalloc')
NO_ROOM = ('--sizes=1048576GiB', '--layouts=boxed', '--patterns=read',
           '--allocators=glibc', '--iterations=1', '--table=none')
# The chart library may not be installed.
NEXT = 'Next:    (scripts/setup --report && )?bazel run //scripts:report -- '


class SummaryTest(unittest.TestCase):

  def setUp(self) -> None:
    super().setUp()
    self.cow = Cow('benchmarks/cow')
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.folder = folder.name
    self.out = os.path.join(self.folder, 'out.json')

  def run_elsewhere(self, script: str | None,
                    *flags: str) -> tuple[int, str, str]:
    """Runs a copy of the program, with `script` as its summary script."""
    copy = os.path.join(self.folder, 'cow')
    shutil.rmtree(copy + '.runfiles', ignore_errors=True)
    if not os.path.exists(copy):
      shutil.copy(self.cow.path, copy)
    runfiles = os.path.join(copy + '.runfiles', 'cowbench')
    os.makedirs(os.path.join(runfiles, 'scripts'))
    os.symlink(os.path.abspath('lib'), os.path.join(runfiles, 'lib'))
    if script is not None:
      path = os.path.join(runfiles, 'scripts', 'summary')
      with open(path, 'w', encoding='ascii') as file:
        file.write(script)
      os.chmod(path, 0o755)
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith('RUNFILES_')}
    return Cow(copy).run(*flags, env=environment)

  def test_a_run_ends_with_its_findings(self) -> None:
    status, stdout, stderr = self.cow.run(
        *FLAGS, '--benchmark_out=' + self.out)
    self.assertEqual(status, 0, stderr)
    lines = stdout.splitlines()
    self.assertLessEqual(len(lines), 20)
    self.assertRegex(lines[1], r'^4 cases measured in [\d.]+ s, once each, ')
    self.assertIn('- Pattern read copies nothing of boxed.', lines)
    self.assertIn('- Allocators copy about the same in 1 of 2 rows.', lines)
    self.assertEqual(lines[-2], f'Results: {self.out}')
    self.assertRegex(lines[-1], NEXT + self.out)

  def test_results_that_are_not_saved(self) -> None:
    for flags in ((), ('--benchmark_out=' + self.out,
                       '--benchmark_out_format=csv')):
      _, stdout, _ = self.cow.run(*FLAGS, *flags)
      self.assertIn('--benchmark_out=FILE.json saves them',
                    stdout.splitlines()[-1])

  def test_failures_come_first(self) -> None:
    status, stdout, _ = self.cow.run(*NO_ROOM)
    self.assertEqual(status, 1)
    self.assertEqual(stdout.splitlines()[1], 'The only case failed.')

  def test_other_formats_and_a_flag_omit_it(self) -> None:
    _, stdout, _ = self.cow.run(*FLAGS, '--benchmark_format=json')
    self.assertEqual(len(json.loads(stdout)['benchmarks']), 4)
    _, stdout, _ = self.cow.run(*FLAGS, '--benchmark_format=csv')
    self.assertEqual(len(stdout.splitlines()), 5)
    self.assertEqual(self.cow.run(*FLAGS, '--summary=false')[:2], (0, ''))

  def test_without_the_script_one_line_has_its_command(self) -> None:
    status, stdout, stderr = self.run_elsewhere(
        None, *FLAGS, '--benchmark_out=' + self.out)
    self.assertEqual((status, stderr.count('Traceback')), (0, 0))
    self.assertEqual(stdout, 'For a summary: bazel run //scripts:summary -- '
                     f'{self.out}\n')

  def test_the_script_is_told_where_its_files_are(self) -> None:
    # Without a folder for it alone, it can only find them by this.
    _, stdout, _ = self.run_elsewhere('#!/bin/sh\necho "in $RUNFILES_DIR"\n',
                                      *FLAGS)
    self.assertEqual(stdout.splitlines()[-1],
                     f'in {self.folder}/cow.runfiles')

  def test_no_result_is_lost_when_the_script_fails(self) -> None:
    for script in ('#!/bin/sh\nexit 3\n', '#!/bin/sh\nkill -9 $$\n',
                   '#!/nonexistent\n', ''):
      with self.subTest(script):
        status, stdout, _ = self.run_elsewhere(
            script, *FLAGS, '--benchmark_out=' + self.out)
        self.assertEqual(status, 0)
        self.assertEqual(stdout.splitlines()[-1], 'For a summary: bazel run '
                         f'//scripts:summary -- {self.out}')
        self.assertEqual(len(read_results(self.out)[0]), 4)
    status, _, _ = self.run_elsewhere('#!/bin/sh\nexit 0\n', *NO_ROOM)
    self.assertEqual(status, 1)


if __name__ == '__main__':
  unittest.main()
