"""//benchmarks:program --attach: a process that runs already goes on untouched."""

import json
import mmap
import os
import signal
import subprocess
import sys
import tempfile
import unittest

from benchmarks.testing.program import PROGRAM, pipe, run

# Forks a child every 20 ms, each of which writes to 1000 pages, and says so.
SERVER = '''
import mmap, os, sys, time
data = bytearray(mmap.PAGESIZE * 1000)
for i in range(0, len(data), mmap.PAGESIZE): data[i] = 1
while True:
  if os.fork() == 0:
    for i in range(0, len(data), mmap.PAGESIZE): data[i] = 2
    time.sleep(0.005)
    os._exit(0)
  os.wait()
  print('.', end='', flush=True)
  time.sleep(0.02)
'''


class Attaches(unittest.TestCase):

  def setUp(self) -> None:
    self.server = subprocess.Popen([sys.executable, '-c', SERVER],
                                   stdout=subprocess.PIPE)
    self.addCleanup(pipe(self.server.stdout).close)
    self.addCleanup(self.server.wait)
    self.addCleanup(self.server.kill)
    self.goes_on()

  def goes_on(self) -> None:
    for _ in range(10):
      self.assertEqual(pipe(self.server.stdout).read(1), b'.')

  def test_for_a_time(self) -> None:
    with tempfile.TemporaryDirectory() as folder:
      out = os.path.join(folder, 'out.json')
      result = run(f'--attach={self.server.pid}', '--duration=500ms',
                   '--benchmark_out=' + out, '--name=server')
      self.assertEqual(result.returncode, 0, result.stderr)
      with open(out, encoding='utf-8') as file:
        rows = json.load(file)['benchmarks']
    children = [row for row in rows if '/child:' in row['name']]
    self.assertGreaterEqual(len(children), 2)
    for row in children[:-1]:  # the last one may be at work still
      self.assertGreaterEqual(row['copied_bytes'], 1000 * mmap.PAGESIZE)
      self.assertLess(row['copied_bytes'], 1400 * mmap.PAGESIZE)
    self.goes_on()

  def test_until_interrupted(self) -> None:
    with subprocess.Popen([PROGRAM, f'--attach={self.server.pid}'],
                          stderr=subprocess.PIPE, text=True) as process:
      self.assertIn('watching', pipe(process.stderr).readline())
      self.goes_on()
      process.send_signal(signal.SIGINT)
      self.assertIn('children copied', pipe(process.stderr).read())
      self.assertEqual(process.wait(30), 0)
    self.goes_on()

  def test_our_own_death_changes_nothing(self) -> None:
    with subprocess.Popen([PROGRAM, f'--attach={self.server.pid}'],
                          stderr=subprocess.PIPE, text=True) as process:
      pipe(process.stderr).readline()
      self.goes_on()
      process.kill()
      process.wait(30)
    self.goes_on()

  def test_until_the_process_ends(self) -> None:
    with subprocess.Popen([PROGRAM, f'--attach={self.server.pid}'],
                          stderr=subprocess.PIPE, text=True) as process:
      pipe(process.stderr).readline()
      self.goes_on()
      self.server.kill()
      self.assertIn('children copied', pipe(process.stderr).read())
      self.assertEqual(process.wait(30), 0)


if __name__ == '__main__':
  unittest.main()
