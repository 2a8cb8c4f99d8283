"""A base class of tests that run a suite program with --verify."""

import unittest

from benchmarks.testing.cow import Cow

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

  def verified(self, *flags: str) -> str:
    """Runs with --verify and returns the standard output."""
    status, stdout, stderr = Cow(self.program).run('--verify', *flags)
    if '--verify: ' in stderr:
      self.skipTest('SKIPPED: ' + stderr.strip())
    self.assertEqual(status, 0, stdout)
    return stdout
