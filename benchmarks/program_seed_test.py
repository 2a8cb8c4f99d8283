"""What the workers of an unmodified multiprocessing script copy.

They only read. Each worker's count is compared with the kernel's own.
"""

import json
import mmap
import os
import subprocess
import tempfile
import unittest
from typing import Any

from benchmarks.testing.verify import VerifyTestCase

PROGRAM = os.path.abspath('benchmarks/program')
PYTHON = '/usr/bin/python3'
WORKERS = 4

SCRIPT = '''
import multiprocessing
import numpy

def work(_):
  started.wait()  # or one worker may do the work of two
  total = 0
  for x in data:
    total += x
  return int(total)

if __name__ == '__main__':
  data = {data}
  started = multiprocessing.Barrier({workers})
  # The default up to Python 3.13.
  with multiprocessing.get_context('fork').Pool({workers}) as pool:
    pool.map(work, range({workers}), chunksize=1)
'''


class SeedTest(VerifyTestCase):

  def workers(self, data: str, faults: str,
              tries: int = 5) -> tuple[list[dict[str, Any]], str]:
    """Returns the rows of the workers, and the standard error."""
    with tempfile.TemporaryDirectory() as folder:
      out = os.path.join(folder, 'out.json')
      script = os.path.join(folder, 'script.py')
      with open(script, 'w', encoding='utf-8') as file:
        file.write(SCRIPT.format(data=data, workers=WORKERS))
      result = subprocess.run(
          [PROGRAM, '--faults=' + faults, '--benchmark_out=' + out, '--',
           PYTHON, script],
          capture_output=True, text=True, check=False)
      self.assertEqual(result.returncode, 0, result.stderr)
      with open(out, encoding='utf-8') as file:
        rows = [row for row in json.load(file)['benchmarks']
                if '/child:' in row['name']]
    self.assertEqual(len(rows), WORKERS)
    if 'moved pages' in result.stderr and tries > 1:
      return self.workers(data, faults, tries - 1)  # counts are less exact
    for row in rows:
      if 'kernel_copied_bytes' not in row:
        self.skipTest('SKIPPED: the kernel does not let us read its count')
      unseen = (row['kernel_copied_bytes'] - row['copied_bytes'] -
                row['other_copied_bytes'])
      if faults == 'all':
        self.assertEqual(unseen, 0, row)
      else:  # this mode does not read pages of files
        self.assertIn(unseen, range(0, 20 * mmap.PAGESIZE), row)
    return rows, result.stderr

  def test_reading_a_list_copies_its_elements(self) -> None:
    for faults in ('all', 'sampled'):
      with self.subTest(faults=faults):
        rows, screen = self.workers('list(range(10**6))', faults)
        for row in rows:  # 32 bytes an element
          self.assertGreaterEqual(row['copied_bytes'], 29 * 2**20)
          self.assertLess(row['copied_bytes'], 36 * 2**20)
        cause = screen[screen.rindex('4 children copied'):].replace('\n', ' ')
        self.assertRegex(cause, 'each, 9[0-9] % of it in unnamed memory, 9')

  def test_one_element_many_times_copies_next_to_nothing(self) -> None:
    for faults in ('all', 'sampled'):
      rows, _ = self.workers('[1] * 10**6', faults)
      for row in rows:
        self.assertLess(row['copied_bytes'], 3 * 2**20)

  def test_an_array_copies_next_to_nothing(self) -> None:
    for faults in ('all', 'sampled'):
      rows, _ = self.workers('numpy.arange(10**6)', faults)
      for row in rows:
        self.assertLess(row['copied_bytes'], 4 * 2**20)  # of its own


if __name__ == '__main__':
  unittest.main()
