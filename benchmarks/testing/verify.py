"""A base class of tests that run a suite program with --verify."""

import os
import tempfile
import unittest

from benchmarks.testing.cow import Cow
from benchmarks.testing.cow import read_results

ACCOUNTING = '/proc/sys/kernel/task_delayacct'


def exchange(path: str, value: str) -> str:
  """Writes a kernel setting; returns the previous one."""
  with open(path, encoding='ascii') as file:
    before = file.read()
  with open(path, 'w', encoding='ascii') as file:
    file.write(value)
  return before


class VerifyTestCase(unittest.TestCase):
  """Skips its tests, and says why, where --verify is impossible."""

  program = ''  # The program to run.

  def setUp(self) -> None:
    try:
      before = exchange(ACCOUNTING, '1')
    except OSError as error:
      self.skipTest(f'SKIPPED, needs root: {error}')
    self.addCleanup(exchange, ACCOUNTING, before)

  def verified(self, *flags: str) -> list[str]:
    """Runs with --verify. Returns the ids of the cases, all of which passed."""
    with tempfile.TemporaryDirectory() as folder:
      out = os.path.join(folder, 'out.json')
      status, _, stderr = Cow(self.program).run(
          '--verify', '--table=none', '--benchmark_out=' + out, *flags)
      if '--verify: ' in stderr:
        self.skipTest('SKIPPED: ' + stderr.strip())
      self.assertTrue(os.path.exists(out), stderr)
      rows, _ = read_results(out)
    # Not all rows: a log that is too long is cut.
    failures = [f'{case}: {row["error_message"]}'
                for case, row in rows.items() if row.get('error_occurred')]
    self.assertEqual(status, 0, '\n'.join([*failures[:20], stderr[-2000:]]))
    return list(rows)
