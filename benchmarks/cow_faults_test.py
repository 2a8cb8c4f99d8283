"""A failure costs one row, and leaves no process behind."""

import os
import resource
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from benchmarks.testing.cow import Cow
from benchmarks.testing.cow import Rows
from benchmarks.testing.cow import is_childless
from benchmarks.testing.cow import read_results
from benchmarks.testing.cow import wait_until_childless


def kill_subject_of(driver: int) -> bool:
  """Kills the subject once it has a child; returns whether it did."""
  def children(pid: int | str) -> list[str]:
    with open(f'/proc/{pid}/task/{pid}/children', encoding='ascii') as file:
      return file.read().split()

  def name(pid: str) -> str:
    try:
      return os.path.basename(os.readlink(f'/proc/{pid}/exe'))
    except (FileNotFoundError, ProcessLookupError):
      return ''  # It has ended.

  # The driver also starts the summary.
  for subject in children(driver):
    if name(subject).startswith('subject') and children(subject):
      os.kill(int(subject), signal.SIGKILL)
      return True
  return False


class FaultsTest(unittest.TestCase):

  def tearDown(self) -> None:
    self.assertTrue(is_childless())

  def test_each_fault_is_one_error_row(self) -> None:
    status, rows, _ = Cow('benchmarks/testing/cow_faults').results(
        '--sizes=1MiB', '--allocators=glibc,mimalloc', '--deadline=1s')
    self.assertEqual(status, 1)
    for allocator in ('glibc', 'mimalloc'):
      for case, message in (
          ('faults/crash', 'killed by signal 11'),
          ('faults/exit', 'exited with status 3'),
          ('faults/hang', 'deadline exceeded'),
          ('faults/kill_subject', 'subject was killed by signal 9'),
          ('faults/stop_subject', 'did not answer'),
          ('unbuildable/fine', 'out of memory'),
          ('crashes/fine', 'subject was killed by signal 11'),
      ):
        row = rows.pop(f'cow/{case}/{allocator}/size:1MiB')
        self.assertTrue(row['error_occurred'], case)
        self.assertIn(message, row['error_message'])
        self.assertNotIn('\n', row['error_message'])
      fine = rows.pop(f'cow/faults/fine/{allocator}/size:1MiB')
      self.assertNotIn('error_occurred', fine)
      self.assertEqual(fine['copied_bytes'], 0)
    self.assertEqual(rows, {})

  def test_a_data_set_that_does_not_fit_is_one_error_row(self) -> None:
    status, rows, _ = Cow('benchmarks/cow').results(
        '--sizes=1048576GiB,64KiB', '--layouts=boxed', '--patterns=refcount',
        '--allocators=glibc', '--iterations=1')
    self.assertEqual(status, 1)
    self.assertRegex(
        rows['cow/boxed/refcount/glibc/size:1048576GiB']['error_message'],
        'may need .*, but only .* is available')
    self.assertGreater(
        rows['cow/boxed/refcount/glibc/size:64KiB']['copied_bytes'], 0)

  def interrupt(self, signal_number: int) -> Rows:
    """Interrupts a run after its first row; returns what was written."""
    with tempfile.TemporaryDirectory() as folder:
      out = os.path.join(folder, 'out.json')
      process = Cow('benchmarks/cow').start(
          '--layouts=array', '--patterns=write', '--sizes=64MiB',
          '--allocators=glibc,jemalloc,tcmalloc,mimalloc', '--iterations=5',
          '--benchmark_repetitions=2', '--benchmark_out=' + out)
      assert process.stdout is not None
      lines = [process.stdout.readline() for _ in range(3)]
      self.assertIn('cow/array/write/glibc', lines[2])
      process.send_signal(signal_number)  # seconds before the last case
      _, stderr = process.communicate()
      self.assertEqual(process.returncode, 130)
      self.assertIn('interrupted', stderr)
      self.assertTrue(is_childless())
      return read_results(out)[0]

  def test_interrupted_runs_keep_what_was_finished(self) -> None:
    for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT,
                          signal.SIGXCPU, signal.SIGABRT, signal.SIGUSR1):
      with self.subTest(signal_number):
        rows = self.interrupt(signal_number)
        for row in rows.values():
          self.assertNotIn('error_occurred', row)
        row = rows['cow/array/write/glibc/size:64MiB']
        self.assertEqual(row['copied_bytes'], 2**26)

  def test_a_signal_that_was_ignored_stays_ignored(self) -> None:
    ignored = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)

    def ignore() -> None:
      for signal_number in ignored:
        signal.signal(signal_number, signal.SIG_IGN)

    process = Cow('benchmarks/cow').start(
        '--layouts=array', '--patterns=write', '--sizes=16MiB',
        '--allocators=glibc,jemalloc', '--iterations=5', preexec_fn=ignore)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(3)]
    for signal_number in ignored:
      process.send_signal(signal_number)
    stdout, stderr = process.communicate()
    self.assertEqual(process.returncode, 0, stderr)
    self.assertIn('cow/array/write/jemalloc', ''.join(lines) + stdout)

  def test_a_file_size_limit_is_reported_as_a_failure(self) -> None:
    with tempfile.TemporaryDirectory() as folder:
      status, _, stderr = Cow('benchmarks/cow').run(
          '--preset=smoke', '--layouts=array', '--sizes=64KiB',
          '--benchmark_out=' + os.path.join(folder, 'out.json'),
          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE,
                                                (8192, 8192)))
    self.assertEqual(status, 1)
    self.assertIn('--benchmark_out: the results could not be written',
                  stderr.splitlines()[-1])

  def test_a_removed_output_is_reported_as_a_failure(self) -> None:
    with tempfile.TemporaryDirectory() as parent:
      folder = os.path.join(parent, 'folder')
      os.mkdir(folder)
      out = os.path.join(folder, 'out.json')
      process = Cow('benchmarks/cow').start(
          '--layouts=array', '--patterns=write', '--sizes=16MiB',
          '--allocators=glibc,jemalloc', '--iterations=5',
          '--benchmark_out=' + out)
      assert process.stdout is not None
      for _ in range(3):
        process.stdout.readline()
      shutil.rmtree(folder)
      _, stderr = process.communicate()
    self.assertEqual(process.returncode, 1)
    self.assertIn(f"--benchmark_out: '{out}' was removed",
                  stderr.splitlines()[-1])

  def test_a_failed_repetition_is_reported_and_costs_no_other(self) -> None:
    for flag in ('false', 'true'):
      with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, 'out.json')
        process = Cow('benchmarks/cow').start(
            '--layouts=array', '--patterns=write', '--sizes=16MiB',
            '--allocators=glibc', '--iterations=40',
            '--benchmark_repetitions=3', '--benchmark_out=' + out,
            '--benchmark_report_aggregates_only=' + flag)
        while not kill_subject_of(process.pid):
          time.sleep(0.001)
        _, stderr = process.communicate()
        self.assertEqual(process.returncode, 1)
        self.assertIn('subject was killed by signal 9', stderr)
        read_results(out)

  def test_a_closed_pipe_ends_the_run_in_order(self) -> None:
    with tempfile.TemporaryDirectory() as folder:
      out = os.path.join(folder, 'out.json')
      process = Cow('benchmarks/cow').start(
          '--preset=smoke', '--benchmark_out=' + out)
      assert process.stdout is not None and process.stderr is not None
      process.stdout.readline()
      process.stdout.close()
      process.wait()
      self.assertEqual(process.returncode, 1)
      with process.stderr:
        self.assertIn('standard output', process.stderr.read())
      read_results(out)

  def test_no_hanging_child_survives_the_driver(self) -> None:
    process = Cow('benchmarks/testing/cow_faults').start(
        '--sizes=1MiB', '--patterns=hang', '--allocators=glibc')
    assert process.stdout is not None
    self.assertIn('case', process.stdout.readline())
    time.sleep(0.3)
    process.kill()
    process.communicate()
    self.assertTrue(wait_until_childless(seconds=20))

  def test_does_not_wait_for_children_that_are_not_its_own(self) -> None:
    process = subprocess.run(
        ['bash', '-c', 'sleep 1000 >&2 & echo $!; exec "$@" >&2', 'bash',
         Cow('benchmarks/cow').path, '--layouts=array', '--sizes=64KiB',
         '--iterations=1'],
        stdout=subprocess.PIPE, text=True, check=False, timeout=100)
    self.assertEqual(process.returncode, 0)
    os.kill(int(process.stdout), signal.SIGKILL)
    self.assertTrue(wait_until_childless(seconds=20))

  def test_no_process_survives_the_driver(self) -> None:
    for delay in (0.02, 0.1, 0.5):  # while building, forking, measuring
      process = Cow('benchmarks/cow').start(
          '--layouts=boxed', '--patterns=refcount', '--sizes=256MiB',
          '--children=4', '--allocators=glibc')
      time.sleep(delay)
      process.kill()
      process.communicate()
      self.assertTrue(wait_until_childless(seconds=20))


if __name__ == '__main__':
  unittest.main()
