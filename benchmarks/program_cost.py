"""Measures by how much //benchmarks:program slows down traced programs.

  bazel run //benchmarks:program_cost -- [--pairs=N] [--size=MIB]

Runs each load untraced and traced in turns. Prints the median and the quartiles
of the ratios of neighbouring runs. For `true`, it prints what our start and end
add, and for the load that does not fork the ratio of the fastest runs, because
its cost is below the noise. Most rows are CPU time, which does not include other
work on the machine. One row is of a program that is not traced, while another
one is. As root, it measures both ways to count (--faults); otherwise the kernel
records each fault, and `sampled` gives bounds.
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

PROGRAM = os.path.abspath('benchmarks/program')
LOAD = os.path.abspath('benchmarks/program_load')
PYTHON = '/usr/bin/python3'
WAYS = ('sampled', 'all')


class Memory:
  """The peak memory of a process, in bytes, and what of it is its own: all but
  the pages of files, such as code, which the machine keeps only once."""

  def __init__(self) -> None:
    self.peak = 0
    self.own = 0

  def look(self, process: int) -> None:
    with open(f'/proc/{process}/status', encoding='utf-8') as status:
      for line in status:
        key, _, value = line.partition(':')
        if key == 'VmHWM':
          self.peak = max(self.peak, int(value.split()[0]) << 10)
        elif key == 'RssAnon':
          self.own = max(self.own, int(value.split()[0]) << 10)


def run(command: list[str], memory: Memory) -> tuple[float, str]:
  """Runs a command.

  Returns: the seconds of CPU time of all its processes, and its standard
  output. `memory` is that of its first process.
  """
  with tempfile.TemporaryFile('w+') as out:
    with subprocess.Popen(command, stdout=out,
                          stderr=subprocess.DEVNULL) as process:
      ended = 0
      while ended == 0:
        time.sleep(0.02)
        memory.look(process.pid)
        ended, code, usage = os.wait4(process.pid, os.WNOHANG)
      process.returncode = os.waitstatus_to_exitcode(code)
    if process.returncode != 0:
      sys.exit(f'{command}: exit status {process.returncode}')
    out.seek(0)
    return usage.ru_utime + usage.ru_stime, out.read()


@contextlib.contextmanager
def another_is_traced(way: str) -> Iterator[None]:
  command = ['/bin/sh', '-c', 'echo; exec sleep infinity']
  with subprocess.Popen([PROGRAM, f'--faults={way}', '--', *command],
                        stdout=subprocess.PIPE,
                        stderr=subprocess.DEVNULL) as tracer:
    assert tracer.stdout is not None
    tracer.stdout.readline()
    yield
    tracer.kill()


def numbers(text: str, column: int) -> float:
  return statistics.median(float(line.split()[column])
                           for line in text.splitlines())


class Cost:
  """The figures of one load, untraced and traced in turns."""

  def __init__(self, pairs: int, command: list[str],
               value: Callable[[float, str], float],
               is_beside: bool = False) -> None:
    self.untraced: dict[str, list[float]] = {way: [] for way in WAYS}
    self.traced: dict[str, list[float]] = {way: [] for way in WAYS}
    self.memory = {way: Memory() for way in WAYS}
    for _ in range(pairs):
      for way in WAYS:
        self.untraced[way].append(value(*run(command, Memory())))
        if is_beside:
          with another_is_traced(way):
            self.traced[way].append(value(*run(command, Memory())))
        else:
          traced = [PROGRAM, f'--faults={way}', '--', *command]
          self.traced[way].append(value(*run(traced, self.memory[way])))

  def of_neighbours(self) -> str:
    """Cells: the ratios of neighbouring runs."""
    cells = [f'{statistics.median(sum(self.untraced.values(), [])):.4f}']
    for way in WAYS:
      ratios = sorted(after / before for before, after in
                      zip(self.untraced[way], self.traced[way]))
      quarter = len(ratios) // 4
      cells.append(f'{statistics.median(ratios):.3f} '
                   f'({ratios[quarter]:.2f} to {ratios[-1 - quarter]:.2f})')
    return ' | '.join(cells)

  def of_fastest(self) -> str:
    """Cells: the ratio of the fastest runs, for a cost below the noise."""
    before = min(sum(self.untraced.values(), []))
    return ' | '.join((f'{before:.4f}', *(
        f'{min(self.traced[way]) / before:.3f}' for way in WAYS)))

  def added(self) -> str:
    """Cells: the seconds that tracing added."""
    before = statistics.median(sum(self.untraced.values(), []))
    return ' | '.join((f'{before:.4f}', *(
        f'+ {statistics.median(self.traced[way]) - before:.4f} s'
        for way in WAYS)))


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
  parser.add_argument('--pairs', type=int, default=11,
                      help='runs of each kind')
  parser.add_argument('--size', type=int, default=300, metavar='MIB',
                      help='memory that a child copies')
  parser.add_argument('--large', type=int, default=4096, metavar='MIB',
                      help='memory of a parent that only forks')
  options = parser.parse_args()

  size, large = str(options.size), str(options.large)
  print('| what takes its time | untraced, s | sampled | all |')
  print('|---|---|---|---|')
  print('| `true`: CPU time of all |',
        Cost(options.pairs, ['/bin/true'],
             lambda seconds, _: seconds).added(), '|', flush=True)
  loop = [PYTHON, '-c', 'n = 0\nfor i in range(4 * 10**7): n += i']
  print('| CPython, no fork: CPU time of all, the fastest runs |',
        Cost(options.pairs, loop, lambda seconds, _: seconds).of_fastest(), '|',
        flush=True)
  copy = [LOAD, size, '3', 'write']
  copies = Cost(options.pairs, copy, lambda _, text: numbers(text, 1))
  print(f'| a child that copies {size} MiB: its copying, CPU time |',
        copies.of_neighbours(), '|', flush=True)
  print('| the same: CPU time of all, ours too |',
        Cost(options.pairs, copy, lambda seconds, _: seconds).of_neighbours(),
        '|', flush=True)
  print(f'| a child that copies {size} MiB, while another program is traced |',
        Cost(options.pairs, copy, lambda _, text: numbers(text, 1),
             is_beside=True).of_neighbours(), '|', flush=True)
  for mib, forks in ((size, '10'), (large, '3')):
    print(f'| fork() in the parent, {mib} MiB, as it waits |',
          Cost(options.pairs, [LOAD, mib, forks, 'idle'],
               lambda _, text: numbers(text, 0)).of_neighbours(), '|', flush=True)
  traced = options.size << 20  # of the parent; the child copies as much
  for way in WAYS:
    memory = copies.memory[way]
    print(f'\n{way}: the tracer takes {memory.peak / 2**20:.1f} MiB, of which '
          f'{memory.own / 2**20:.1f} MiB are no pages of files: '
          f'{100 * memory.own / (2 * traced):.1f} % of parent and child')


if __name__ == '__main__':
  main()
