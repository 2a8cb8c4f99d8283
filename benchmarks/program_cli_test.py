"""The program //benchmarks:program as a user sees it: what passes through, what
is refused, what stands in its rows."""

import ctypes
import errno
import json
import os
import platform
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Callable
from typing import IO, Any

PROGRAM = os.path.abspath('benchmarks/program')

FORK_AND_WRITE = '''
import os
data = bytearray(os.sysconf('SC_PAGESIZE') * 1000)
for i in range(0, len(data), 4096): data[i] = 1
for _ in range(2):
  if os.fork() == 0:
    for i in range(0, len(data), 4096): data[i] = 2
    os._exit(0)
  os.wait()
'''


SLOW_WRITER = '''
import os, time
data = bytearray(4096 * 2000)
for i in range(0, len(data), 4096): data[i] = 1
if os.fork() == 0:
  for i in range(0, len(data) // 2, 4096): data[i] = 2
  time.sleep(0.4)
  for i in range(len(data) // 2, len(data), 4096): data[i] = 2
  os._exit(0)
os.wait()
'''


def run(*arguments: str, **kwargs: Any) -> 'subprocess.CompletedProcess[str]':
  return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True,
                        timeout=60, check=False, **kwargs)


def pipe(stream: 'IO[Any] | None') -> 'IO[Any]':
  assert stream is not None
  return stream


class SockFilter(ctypes.Structure):
  """struct sock_filter (linux/filter.h)."""
  _fields_ = [('code', ctypes.c_ushort), ('jt', ctypes.c_ubyte),
              ('jf', ctypes.c_ubyte), ('k', ctypes.c_uint)]


class SockProgram(ctypes.Structure):
  """struct sock_fprog."""
  _fields_ = [('length', ctypes.c_ushort),
              ('filter', ctypes.POINTER(SockFilter))]


# Numbers on x86-64 (asm/unistd_64.h).
PERF_EVENT_OPEN = 298
PTRACE = 101


def deny(number: int) -> Callable[[], None]:
  """Returns what forbids a system call to this process and its children, as
  a container's seccomp(2) does."""
  load, compare, give = 0x20, 0x15, 0x06
  allowed, error = 0x7fff0000, 0x00050000 | errno.EPERM
  code = (SockFilter * 4)(
      SockFilter(load, 0, 0, 0), SockFilter(compare, 0, 1, number),
      SockFilter(give, 0, 0, error), SockFilter(give, 0, 0, allowed))
  program = SockProgram(len(code), code)
  libc = ctypes.CDLL(None, use_errno=True)

  def apply() -> None:
    no_new_privileges, seccomp, filter_mode = 38, 22, 2
    if (libc.prctl(no_new_privileges, 1, 0, 0, 0) or
        libc.prctl(seccomp, filter_mode, ctypes.byref(program), 0, 0)):
      raise OSError(ctypes.get_errno(), 'prctl')

  return apply


@unittest.skipUnless(platform.machine() == 'x86_64',
                     'SKIPPED: system calls have other numbers here')
class DoesWithout(unittest.TestCase):
  """What a container forbids is said, and what is left still counts."""

  def test_page_faults(self) -> None:
    result = run('--', sys.executable, '-c', FORK_AND_WRITE,
                 preexec_fn=deny(PERF_EVENT_OPEN))
    self.assertEqual(result.returncode, 0, result.stderr)
    self.assertIn('Note: page faults cannot be watched', result.stderr)
    self.assertRegex(result.stderr, r'(?m)^1 +[45]\.\d+ MiB')
    self.assertIn('2 children copied', result.stderr)

  def test_ptrace(self) -> None:
    result = run('--', 'echo', 'ran', preexec_fn=deny(PTRACE))
    self.assertEqual(result.returncode, 2)
    self.assertEqual(result.stdout, '')
    self.assertRegex(result.stderr,
                     r'\Aprogram: cannot trace, so nothing was run: .*\n\Z')

  @unittest.skipIf(os.geteuid() == 0, 'root may look at any process')
  def test_page_tables(self) -> None:
    not_dumpable = 'import ctypes; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\n'
    result = run('--', sys.executable, '-c', not_dumpable + FORK_AND_WRITE)
    self.assertEqual(result.returncode, 0, result.stderr)
    self.assertIn('Note: 2 processes could not be looked at', result.stderr)
    self.assertNotIn('exact', result.stderr)


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
    code = ('import signal, sys, time\n'
            'signal.signal(signal.SIGINT, lambda *_: sys.exit(5))\n'
            'print("ready", flush=True)\n'
            'time.sleep(50)\n')
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


# Forks a child every 20 ms, each of which writes to 1000 pages, and says so.
SERVER = '''
import os, sys, time
data = bytearray(4096 * 1000)
for i in range(0, len(data), 4096): data[i] = 1
while True:
  if os.fork() == 0:
    for i in range(0, len(data), 4096): data[i] = 2
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
      self.assertGreaterEqual(row['copied_bytes'], 1000 * 4096)
      self.assertLess(row['copied_bytes'], 1400 * 4096)
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
    self.refuses(2, '--interval', '--interval=0', *echo)
    self.refuses(2, '--interval', '--interval=100ms', *echo)
    self.refuses(2, '--attach', '--attach=x')
    self.refuses(2, '--attach', '--attach=1', *echo)
    self.refuses(2, '--attach: there is no such process', '--attach=99999999')
    self.refuses(2, '--duration', '--duration=5s', *echo)
    self.refuses(2, '--duration', '--duration=-5s', '--attach=1')

  @unittest.skipIf(os.geteuid() == 0, 'root may pass on any user')
  def test_set_user_id(self) -> None:
    su = '/usr/bin/su'
    if os.stat(su).st_mode & stat.S_ISUID:
      self.refuses(2, 'set-user-ID', su)


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
      self.assertGreaterEqual(rows[name]['copied_bytes'], 1000 * 4096)
      self.assertLess(rows[name]['copied_bytes'], 1400 * 4096)
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
        self.assertGreater(half, 900 * 4096)
        self.assertLess(half, 1400 * 4096)

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
                                for line in lines), 2000 * 4096)


if __name__ == '__main__':
  unittest.main()
