"""Runs a suite program in tests, and finds processes that it leaves behind."""

import ctypes
import json
import os
import subprocess
import tempfile
import time
import unittest
from typing import Any

# {case id: its row in the results, with the counters}.
Rows = dict[str, dict[str, Any]]

_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_THP_DISABLE = 41
# Numbers in a row that are not counters of the suite.
_OF_GOOGLE_BENCHMARK = ('family_index', 'per_family_instance_index',
                        'repetitions', 'repetition_index', 'threads',
                        'iterations')


def disable_huge_pages(disable: bool = True) -> None:
  """For this process and those that it starts from now on."""
  ctypes.CDLL(None).prctl(_PR_SET_THP_DISABLE, int(disable), 0, 0, 0)


class Cow:
  """A suite program. This process adopts all processes that it orphans.

  The machine's setting of huge pages has no effect.
  """

  def __init__(self, name: str) -> None:
    # Tests start in the runfiles of the main repository.
    self.path = os.path.abspath(name)
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    disable_huge_pages()

  def start(self, *flags: str, **kwargs: Any) -> 'subprocess.Popen[str]':
    return subprocess.Popen(
        [self.path, *flags], text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, **kwargs)

  def run(self, *flags: str, **kwargs: Any) -> tuple[int, str, str]:
    """Returns (exit status, stdout, stderr)."""
    process = self.start(*flags, **kwargs)
    stdout, stderr = process.communicate()
    return process.returncode, stdout, stderr

  def refused(self, *flags: str) -> str:
    """Returns the one line with which the program refuses these flags.

    It must come before any work.
    """
    status, stdout, stderr = self.run(*flags)
    if (status, stdout, stderr.count('\n')) != (2, '', 1):
      raise AssertionError(f'exit status {status}: {stdout}{stderr}')
    return stderr

  def cases(self, *flags: str) -> list[str]:
    """Returns the ids of the cases that these flags select, in order."""
    status, stdout, stderr = self.run('--benchmark_list_tests', *flags)
    if status != 0:
      raise AssertionError(stderr)
    return [line.split('/iterations')[0] for line in stdout.splitlines()]

  def names(self, *flags: str) -> tuple[list[str], ...]:
    """Returns the (layouts, patterns, allocators) of these cases."""
    parts = zip(*(case.split('/')[1:4] for case in self.cases(*flags)))
    return tuple(list(dict.fromkeys(names)) for names in parts)

  def results(self, *flags: str,
              **kwargs: Any) -> tuple[int, Rows, dict[str, Any]]:
    """Runs and returns (exit status, {case id: row}, context)."""
    with tempfile.TemporaryDirectory() as folder:
      out = os.path.join(folder, 'out.json')
      status, _, stderr = self.run(*flags, '--benchmark_out=' + out, **kwargs)
      if not os.path.exists(out):
        raise AssertionError(stderr)
      return status, *read_results(out)


def read_results(path: str) -> tuple[Rows, dict[str, Any]]:
  """Returns ({case id: row}, context) of a results file without aggregates."""
  def refuse(constant: str) -> None:
    raise AssertionError(f'{constant} is not JSON')

  with open(path, encoding='utf-8') as file:
    data = json.load(file, parse_constant=refuse)
  rows = {row['name'].split('/iterations:')[0]: row
          for row in data['benchmarks'] if row['run_type'] == 'iteration'}
  return rows, data['context']


def counts(rows: Rows) -> Rows:
  """Returns {case id: {counter: value}} of the counters that must repeat."""
  return {case: {name: value for name, value in row.items()
                 if isinstance(value, (int, float))
                 and not name.endswith('_time') and name != 'other_tasks'
                 and name not in _OF_GOOGLE_BENCHMARK}
          for case, row in rows.items()}


def skip_without_own_mounts(test: unittest.TestCase) -> None:
  """Skips the test where `unshare --mount` is refused, as it is to users."""
  unshared = subprocess.run(['unshare', '--mount', 'true'], check=False,
                            capture_output=True)
  if unshared.returncode != 0:
    test.skipTest('SKIPPED, needs root: ' + unshared.stderr.decode().strip())


def wait_until_childless(seconds: float) -> bool:
  """Reaps adopted processes. Returns False if one lives on."""
  deadline = time.monotonic() + seconds
  while time.monotonic() < deadline:
    try:
      if os.waitpid(-1, os.WNOHANG)[0] == 0:
        time.sleep(0.01)
    except ChildProcessError:
      return True
  return False


def is_childless() -> bool:
  """Whether this process has no child, dead or alive."""
  try:
    os.waitpid(-1, os.WNOHANG)
    return False
  except ChildProcessError:
    return True
