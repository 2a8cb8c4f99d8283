"""The driver's own memory does not depend on the size of the data."""

import os
import re
import time
import unittest

from benchmarks.testing.cow import Cow

KIB = 1024
PAGES = 8 * 1024**3 // os.sysconf('SC_PAGE_SIZE')


def peak_bytes(size: str) -> int | None:
  """Of the driver in array/read; None if too little memory is available."""
  process = Cow('benchmarks/cow').start(
      '--layouts=array', '--patterns=read', '--allocators=glibc',
      '--iterations=1', f'--sizes={size}')
  peak = 0
  while process.poll() is None:
    with open(f'/proc/{process.pid}/status', encoding='ascii') as file:
      found = re.search(r'VmHWM:\s+(\d+) kB', file.read())
    peak = int(found[1]) * KIB if found else peak  # a zombie has none
    time.sleep(0.01)
  stderr = process.communicate()[1]
  if 'is available' in stderr:
    return None
  if process.returncode != 0 or peak == 0:
    raise AssertionError(f'exit status {process.returncode}: {stderr}')
  return peak


class DriverMemoryTest(unittest.TestCase):

  def test_at_most_a_bit_a_page_more_at_8_gib(self) -> None:
    large = peak_bytes('8GiB')
    if large is None:
      self.skipTest('SKIPPED: there is no memory for 8 GiB')
    # Runs of the same command differ by 100 KiB.
    small = max(peak_bytes('64KiB') or 0 for _ in range(5))
    self.assertLessEqual(large - small, PAGES // 8)


if __name__ == '__main__':
  unittest.main(verbosity=2)  # shows skipped tests
