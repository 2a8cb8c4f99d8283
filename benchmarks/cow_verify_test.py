"""Every count against the kernel's own and against frame numbers.

Needs root outside of any sandbox; skips visibly otherwise.
"""

import unittest

from benchmarks.testing.cow import Cow

SYSCTL = '/proc/sys/kernel/task_delayacct'


def exchange_sysctl(value):
  """Sets the switch of the kernel's accounting; returns what it was."""
  with open(SYSCTL, encoding='ascii') as file:
    before = file.read()
  with open(SYSCTL, 'w', encoding='ascii') as file:
    file.write(value)
  return before


class VerifyTest(unittest.TestCase):

  def setUp(self):
    try:
      before = exchange_sysctl('1')
    except OSError as error:
      self.skipTest(f'SKIPPED, needs root: {error}')
    self.addCleanup(exchange_sysctl, before)

  def verified(self, *flags):
    status, stdout, stderr = Cow('benchmarks/cow').run('--verify', *flags)
    if '--verify: ' in stderr:
      self.skipTest('SKIPPED: ' + stderr.strip())
    self.assertEqual(status, 0, stdout)
    return stdout

  def test_the_full_preset_at_two_sizes(self):
    stdout = self.verified('--preset=full', '--sizes=64KiB,1MiB',
                           '--iterations=1')
    self.assertEqual(stdout.count('cow/boxed/free/'), 4 * (4 * 2) + 2 * 4)

  def test_huge_pages(self):
    status, stdout, stderr = Cow('benchmarks/cow').run(
        '--verify', '--sizes=8MiB,16MiB', '--thp=never,always',
        '--writers=child,parent', '--iterations=1')
    if 'the kernel refused' in stdout or '--verify: ' in stderr:
      self.skipTest('SKIPPED: the kernel gives no huge pages')
    self.assertEqual(status, 0, stdout)

  def test_touch_and_order(self):
    self.verified('--sizes=1MiB', '--touch=0.1,10',
                  '--order=sequential,shuffled', '--iterations=1')


if __name__ == '__main__':
  unittest.main(verbosity=2)  # says what is skipped, and why
