"""What //benchmarks:program says of children: its rows, its screen, its files."""

import json
import mmap
import os
import subprocess
import sys
import tempfile
import unittest
from typing import Any

from benchmarks.testing.program import FORK_AND_WRITE, run

SLOW_WRITER = '''
import mmap, os, time
data = bytearray(mmap.PAGESIZE * 2000)
for i in range(0, len(data), mmap.PAGESIZE): data[i] = 1
if os.fork() == 0:
  for i in range(0, len(data) // 2, mmap.PAGESIZE): data[i] = 2
  time.sleep(0.4)
  for i in range(len(data) // 2, len(data), mmap.PAGESIZE): data[i] = 2
  os._exit(0)
os.wait()
'''


class Rows(unittest.TestCase):

  def rows(self, *flags: str, code: str = FORK_AND_WRITE) -> Any:
    with tempfile.TemporaryDirectory() as folder:
      out = os.path.join(folder, 'out.json')
      result = run('--benchmark_out=' + out, *flags, '--', sys.executable,
                   '-c', code)
      with open(out, encoding='utf-8') as file:
        return result, json.load(file)

  def test_each_child_has_a_row(self) -> None:
    result, data = self.rows('--name=mine')
    self.assertEqual(result.returncode, 0, result.stderr)
    rows = {row['name']: row for row in data['benchmarks']}
    self.assertEqual(set(rows), {'program/mine', 'program/mine/child:1',
                                 'program/mine/child:2'})
    for name in ('program/mine/child:1', 'program/mine/child:2'):
      self.assertGreaterEqual(rows[name]['copied_bytes'], 1000 * mmap.PAGESIZE)
      self.assertLess(rows[name]['copied_bytes'], 1400 * mmap.PAGESIZE)
      self.assertLessEqual(rows[name]['copied_bytes'],
                           rows[name]['shared_bytes'])
    described = {counter['name']
                 for counter in json.loads(data['context']['counters'])}
    for row in rows.values():
      counters = {name for name in row
                  if name.endswith(('_bytes', '_faults', '_ratio'))}
      self.assertLessEqual(counters, described)

  def test_repetitions(self) -> None:
    _, data = self.rows('--benchmark_repetitions=3')
    names = [row['name'] for row in data['benchmarks']]
    self.assertEqual(len(names), 9)
    self.assertEqual(len(set(names)), 3)

  def test_over_time(self) -> None:
    for faults in ('all', 'sampled'):
      with self.subTest(faults=faults):
        _, data = self.rows('--interval=20ms', '--faults=' + faults,
                            code=SLOW_WRITER)
        row = next(row for row in data['benchmarks'] if 'child:1' in
                   row['name'])
        over_time = json.loads(data['context']['over_time'])
        self.assertEqual(over_time['interval_seconds'], 0.02)
        series, = over_time['series']
        self.assertEqual(series['name'], row['name'])
        self.assertEqual(series['repetition'], 0)
        self.assertGreater(series['begin_seconds'], 0)
        copied = series['copied_bytes']
        self.assertEqual(len(copied), row['life_time'] // 0.02 + 1)
        self.assertEqual(copied, sorted(copied))
        self.assertEqual(copied[-1], row['copied_bytes'])
        # Half of it before its long sleep, half of it after.
        half = copied[len(copied) // 2]
        self.assertGreater(half, 900 * mmap.PAGESIZE)
        self.assertLess(half, 1400 * mmap.PAGESIZE)

  def test_says_that_a_file_has_no_symbols(self) -> None:
    load = os.path.abspath('benchmarks/program_load')
    with tempfile.TemporaryDirectory() as folder:
      stripped = os.path.join(folder, 'load')
      subprocess.run(['strip', '-o', stripped, load], check=True)
      result = run('--', stripped, '4', '1', 'write')
    self.assertRegex(result.stderr, r'Note: \[load\+0x\w+\] is an address')
    self.assertNotIn('is an address', run('--', load, '4', '1', 'write').stderr)

  def test_limit(self) -> None:
    result, _ = self.rows('--max_copied=1MiB')
    self.assertEqual(result.returncode, 1)
    self.assertIn('--max_copied: child 1 copied', result.stderr)
    result, _ = self.rows('--max_copied=20MiB')
    self.assertEqual(result.returncode, 0)

  def test_screen_fits(self) -> None:
    result, _ = self.rows()
    for line in result.stderr.splitlines():
      self.assertLessEqual(len(line), 80, line)
    self.assertIn('2 children copied', result.stderr)

  def test_stacks(self) -> None:
    with tempfile.TemporaryDirectory() as folder:
      path = os.path.join(folder, 'out.folded')
      self.rows('--stacks=' + path)
      with open(path, encoding='utf-8') as file:
        lines = file.read().splitlines()
    self.assertGreaterEqual(sum(int(line.rpartition(' ')[2])
                                for line in lines), 2000 * mmap.PAGESIZE)


if __name__ == '__main__':
  unittest.main()
