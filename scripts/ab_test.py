"""Tests of //scripts:ab, with shell scripts in place of the suite."""

import json
import os
import unittest
from unittest import mock

from scripts.reading import results_file
from scripts.testing import program
from scripts.testing import synthetic

# Logs its arguments. Its time is a millisecond for each character of
# --allocators.
SUITE = '''#!/bin/sh
allocator=glibc
for argument; do
  case "$argument" in
    --benchmark_out=*) out="${argument#*=}" ;;
    --benchmark_list_tests) exit 0 ;;
    --allocators=*) allocator="${argument#*=}" ;;
    --nonsense) echo "cow: --nonsense: unknown" >&2; exit 2 ;;
    --crash) kill -SEGV $$ ;;
  esac
done
echo "NAME $* ${RUNFILES_DIR}${BUILD_WORKSPACE_DIRECTORY}" >> "FOLDER/log"
cat > "$out" <<END
{"context": CONTEXT,
 "benchmarks": [{"name": "cow/boxed/write/$allocator/size:1MiB",
 "run_type": "iteration", "repetition_index": 0, "iterations": 1,
 "copied_bytes": BYTES, "wall_time": 0.00${#allocator}}]}
END
'''

# Quoted for the shell's here-document.
CONTEXT = json.dumps({
    'kernel': '1', 'page_size': '4096', 'cowbench_version': '1',
    **synthetic.described()}).replace('\\', '\\\\')


class AbTest(program.TestCase):

  PROGRAM = 'scripts/ab'

  def setUp(self) -> None:
    super().setUp()
    # As under `bazel run`.
    self.enterContext(mock.patch.dict(
        os.environ, BUILD_WORKSPACE_DIRECTORY=self.folder))

  def suite(self, name: str, copied_bytes: int) -> None:
    path = self.write(name, SUITE.replace('NAME', name)
                      .replace('FOLDER', self.folder)
                      .replace('BYTES', str(copied_bytes))
                      .replace('CONTEXT', CONTEXT))
    os.chmod(path, 0o755)

  def run_ab(self, *arguments: str) -> tuple[int, str, str]:
    outcome = self.run_program(*arguments)
    return outcome.status, outcome.out, outcome.err

  def log(self) -> list[str]:
    return self.read('log').splitlines()

  def test_takes_turns_and_compares(self) -> None:
    self.suite('old', 4096)
    self.suite('new', 8192)
    status, stdout, _ = self.run_ab('--a=old', '--b=new', '--out=run',
                                    '--repetitions=4', '--', '--preset=smoke')
    self.assertEqual(status, 1)
    self.assertIn('+4 KiB', stdout)
    lines = self.log()
    self.assertEqual([line.split()[0] for line in lines],
                     ['old', 'new', 'new', 'old'] * 2)
    for line in lines:
      self.assertEqual(line.split()[1], '--preset=smoke')
      self.assertEqual(len(line.split()), 3, 'the environment leaked: ' + line)
    self.assertEqual(set(os.listdir(self.path('run'))), {
        'a', 'b', 'a.json', 'b.json', 'comparison.txt', 'comparison.md',
        'comparison.json'})
    for name, value in (('a', 4096), ('b', 8192)):
      [case] = results_file.load(self.path(f'run/{name}.json')).cases.values()
      self.assertEqual(case.samples['copied_bytes'], [value] * 4)
    comparison = json.loads(self.read('run/comparison.json'))
    self.assertEqual(comparison['verdict'], 'regressed')

  def test_two_sets_of_flags(self) -> None:
    self.suite('cow', 4096)
    status, stdout, _ = self.run_ab(
        '--a=cow', '--a-flags=--allocators=glibc', '--out=run',
        '--b-flags=--allocators=jemalloc', '--across=allocator')
    self.assertEqual(status, 1)
    self.assertIn('cow/boxed/write/*/size:1MiB', stdout)
    self.assertIn('n = 9 and 9', stdout)

  def test_a_run_is_never_overwritten(self) -> None:
    self.suite('cow', 4096)
    os.mkdir(self.path('run'))
    flags = ('--a=cow', '--b-flags=--x')
    self.assertIn('File exists', self.refused(*flags, '--out=run'))
    self.assertIn('File exists', self.refused(*flags, '--out=cow'))
    self.assertEqual(os.listdir(self.path('run')), [])

  def test_mistakes(self) -> None:
    self.suite('cow', 4096)
    mistakes: list[list[str]] = [
        [], ['--a=cow'], ['--a=cow', '--out=run'],
        ['--a=missing', '--b=cow', '--out=run'],
        ['--a=.', '--b=cow', '--out=run'],
        ['--a=cow', '--b=cow', '--out=run', '--repetitions=0'],
        ['--a=cow', '--b=cow', '--out=run', '--repetitions=x'],
        ['--a=cow', '--b-flags="', '--out=run'],
        ['--a=cow', '--b=cow', '--out=missing/run']]
    for mistake in mistakes:
      with self.subTest(mistake):
        self.refused(*mistake)

  def test_a_program_that_is_not_a_suite(self) -> None:
    status, _, stderr = self.run_ab('--a=/bin/true', '--b=/bin/echo',
                                    '--out=run')
    self.assertEqual(status, 2)
    self.assertTrue(stderr.endswith(
        'ab: /bin/true: wrote no results file; it must be a suite such as '
        '//benchmarks:cow\n'), stderr)

  def test_wrong_flags_leave_no_directory_behind(self) -> None:
    self.suite('cow', 4096)
    self.assertIn('--nonsense: unknown',
                  self.refused('--a=cow', '--b=cow', '--out=run', '--',
                               '--nonsense'))
    self.assertFalse(os.path.exists(self.path('run')))

  def test_a_crash_is_reported(self) -> None:
    self.suite('cow', 4096)
    self.assertIn('exit status -11',
                  self.refused('--a=cow', '--b=cow', '--out=run', '--',
                               '--crash'))


if __name__ == '__main__':
  unittest.main()
