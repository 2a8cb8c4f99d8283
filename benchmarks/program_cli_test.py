"""The program //benchmarks:program as a user sees it: what passes through, and
what is refused."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from typing import Any

from benchmarks.testing.program import PROGRAM, pipe, run


class PassesThrough(unittest.TestCase):

  def test_exit_status(self) -> None:
    self.assertEqual(run('--', 'sh', '-c', 'exit 7').returncode, 7)
    self.assertEqual(run('sh', '-c', 'kill -TERM $$').returncode,
                     -signal.SIGTERM)

  def test_standard_streams(self) -> None:
    result = run('--', 'sh', '-c', 'cat; echo error >&2', input='input\n')
    self.assertEqual(result.stdout, 'input\n')
    self.assertIn('error\n', result.stderr)

  def test_arguments_and_environment(self) -> None:
    result = run('--', 'sh', '-c', 'echo "$0,$1,$VALUE"', 'a b', '--flag',
                 env={**os.environ, 'VALUE': 'x'})
    self.assertEqual(result.stdout, 'a b,--flag,x\n')

  def test_signals(self) -> None:
    # Python sleeps on when a signal comes just before it begins to sleep.
    code = ('import signal, sys, time\n'
            'signal.signal(signal.SIGINT, lambda *_: sys.exit(5))\n'
            'print("ready", flush=True)\n'
            'for _ in range(500):\n'
            '  time.sleep(0.1)\n')
    with subprocess.Popen([PROGRAM, '--', sys.executable, '-c', code],
                          stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as process:
      pipe(process.stdout).readline()
      process.send_signal(signal.SIGINT)
      self.assertEqual(process.wait(30), 5)

  def test_ignored_signals_stay_ignored(self) -> None:
    result = run('--', 'sh', '-c', 'grep SigIgn /proc/self/status',
                 preexec_fn=lambda: signal.signal(signal.SIGHUP,
                                                  signal.SIG_IGN))
    ignored = int(result.stdout.split()[1], 16)
    self.assertTrue(ignored & 1 << signal.SIGHUP - 1)
    self.assertFalse(ignored & 1 << signal.SIGTERM - 1)

  def test_a_command_that_stops_itself(self) -> None:
    with subprocess.Popen(
        [PROGRAM, '--', 'sh', '-c', 'echo $$; kill -STOP $$; exit 3'],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
      pid = int(pipe(process.stdout).readline())
      self.assertIn('was stopped by STOP', pipe(process.stderr).readline())
      os.kill(pid, signal.SIGCONT)
      self.assertEqual(process.wait(30), 3)

  def test_descendants_that_outlive_the_command(self) -> None:
    started = time.monotonic()
    with subprocess.Popen(
        [PROGRAM, '--', 'sh', '-c', 'sleep 40 & echo $!; exit 4'],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
      pid = int(pipe(process.stdout).readline())
      self.assertIn('go on', pipe(process.stderr).readline())
      process.send_signal(signal.SIGINT)
      self.assertEqual(process.wait(30), 4)
      os.kill(pid, 0)  # untouched
      os.kill(pid, signal.SIGKILL)
    self.assertLess(time.monotonic() - started, 35)


  def test_our_own_death_ends_the_command(self) -> None:
    code = 'import time; print("ready", flush=True); time.sleep(5); print(1)'
    with subprocess.Popen([PROGRAM, '--', sys.executable, '-c', code],
                          stdout=subprocess.PIPE, text=True) as process:
      self.assertEqual(pipe(process.stdout).readline(), 'ready\n')
      process.kill()
      self.assertEqual(pipe(process.stdout).read(), '')


class Refuses(unittest.TestCase):

  def refuses(self, status: int, text: str, *arguments: str,
              **kwargs: Any) -> None:
    result = run(*arguments, **kwargs)
    self.assertEqual(result.returncode, status, result.stderr)
    self.assertIn(text, result.stderr)
    self.assertEqual(result.stderr.count('\n'), 1, result.stderr)
    self.assertEqual(result.stdout, '')

  def test_commands_that_cannot_be_run(self) -> None:
    self.refuses(127, "'/no/such/command'", '--', '/no/such/command')
    self.refuses(127, "'nosuchcommand'", 'nosuchcommand')
    with tempfile.NamedTemporaryFile() as file:
      self.refuses(126, 'Permission denied', file.name)

  def test_mistakes(self) -> None:
    echo = ('--', 'echo', 'ran')
    self.refuses(2, 'a command is wanted')
    self.refuses(2, '--nosuchflag', '--nosuchflag=1', *echo)
    self.refuses(2, '--max_copied', '--max_copied=20', *echo)
    self.refuses(2, '--benchmark_repetitions', '--benchmark_repetitions=0',
                 *echo)
    self.refuses(2, '--benchmark_out', '--benchmark_out=/no/such/file', *echo)
    self.refuses(2, '--stacks', '--stacks=/no/such/file', *echo)
    self.refuses(2, '--name', '--name=a/b', *echo)
    self.refuses(2, '--faults', '--faults=some', *echo)
    self.refuses(2, '--call_graph', '--call_graph=lbr', *echo)
    self.refuses(2, '--interval', '--interval=0', *echo)
    self.refuses(2, '--interval', '--interval=100ms', *echo)
    self.refuses(2, '--attach', '--attach=x')
    self.refuses(2, '--attach', '--attach=1', *echo)
    self.refuses(2, '--attach: there is no such process', '--attach=99999999')
    self.refuses(2, '--duration', '--duration=5s', *echo)
    self.refuses(2, '--duration', '--duration=-5s', '--attach=1')

if __name__ == '__main__':
  unittest.main()
