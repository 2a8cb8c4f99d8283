"""The experiment that cowbench grew from, as it is done by hand.

Workers of multiprocessing go over data that the parent made before it forked
them. Free memory in /proc/meminfo is read before they start, and when they are
done but still alive.

  bazel run //scripts:seed_experiment -- --elements=10000000 --out=naive.json

Free memory is that of the whole machine: the figures include what other
processes do, page tables, and the interpreters themselves.
//benchmarks:cpython counts pages instead.
"""

import gc
import json
import math
import multiprocessing
import os
import platform
import time
from multiprocessing.synchronize import Event, Semaphore
from typing import Any, Callable

from scripts.base import cli
from scripts.base import output

# Of the question: 15000 x 15000 beside lists of 10**8.
_SEED_ELEMENTS = 10**8
_SEED_ROWS = 15000
_MAX_ELEMENTS = 10**9

# What a worker does with the data.
Operation = Callable[[Any], object]

_data: Any = None  # What the workers inherit.


def free_memory() -> int:
  """Bytes free or in caches that can be dropped, by /proc/meminfo."""
  with open('/proc/meminfo', encoding='ascii') as file:
    kilobytes = {line.split(':')[0]: int(line.split()[1]) for line in file}
  return 1024 * sum(kilobytes[name] for name in ('MemFree', 'Buffers',
                                                 'Cached'))


def list_for(data: Any) -> None:
  for _ in data:
    pass


def make_numpy_ones(elements: int) -> Any:
  try:
    import numpy  # pylint: disable=import-outside-toplevel
  except ImportError as error:
    raise cli.BadInput(
        f'{error}; install the Debian package python3-numpy') from error
  rows = int(_SEED_ROWS * math.sqrt(elements / _SEED_ELEMENTS))
  return numpy.ones((rows, rows))


def make_list_range(elements: int) -> Any:
  return list(range(elements))


def make_list_same(elements: int) -> Any:
  return [1] * elements


# Named as the cases of //benchmarks:cpython: layout, pattern.
EXPERIMENTS: tuple[tuple[str, str, Callable[[int], Any], Operation], ...] = (
    ('numpy_ones', 'sum', make_numpy_ones, lambda data: data.sum()),
    ('list_range', 'sum', make_list_range, sum),
    ('list_range', 'for', make_list_range, list_for),
    ('list_same', 'sum', make_list_same, sum),
    ('list_same', 'for', make_list_same, list_for),
)


def _work(operation: Operation, done: Semaphore, leave: Event) -> None:
  operation(_data)
  done.release()
  leave.wait()


def _free_while(workers: int, operation: Operation) -> int:
  """Free memory while that many workers sit there, done with `operation`."""
  context = multiprocessing.get_context('fork')
  done = context.Semaphore(0)
  leave = context.Event()
  processes = [context.Process(target=_work, args=(operation, done, leave))
               for _ in range(workers)]
  for process in processes:
    process.start()
  try:
    for process in processes:
      while not done.acquire(timeout=1):
        if not process.is_alive():
          raise cli.BadInput(
              f'a worker ended with status {process.exitcode}; was memory '
              'running out?')
    time.sleep(0.5)  # as long as a person takes to call free(1)
    return free_memory()
  finally:
    leave.set()
    for process in processes:
      process.join()


def measure(make: Callable[[int], Any], operation: Operation, elements: int,
            workers: int) -> dict[str, int]:
  """What free memory says of one experiment."""
  global _data
  _data = make(elements)
  before = free_memory()
  idle = before - _free_while(workers, lambda data: None)
  before = free_memory()
  used = before - _free_while(workers, operation)
  _data = None
  gc.collect()
  return {'used_bytes': used, 'used_by_idle_workers_bytes': idle}


def main(arguments: list[str]) -> int:
  """Returns the exit status."""
  parser = cli.Parser('seed_experiment', description=__doc__)
  parser.add_argument('--elements', type=int, default=_SEED_ELEMENTS,
                      help='of the lists (%(default)s); it takes 204 bytes '
                      'of memory each')
  parser.add_argument('--workers', type=int, default=4,
                      help='how many (%(default)s)')
  parser.add_argument('-o', '--out', type=cli.file_name, metavar='FILE',
                      help='JSON file for //scripts:seed_page; default: none')
  options = parser.parse_args(arguments)
  if not 1 <= options.elements <= _MAX_ELEMENTS:
    raise cli.BadInput(
        f"--elements: '{options.elements}' is not a number from 1 to "
        f'{_MAX_ELEMENTS}')
  if not 1 <= options.workers <= 64:
    raise cli.BadInput(
        f"--workers: '{options.workers}' is not a number from 1 to 64")
  out = options.out and output.path('--out', options.out)
  needed = (44 + 40 * options.workers) * options.elements
  if needed > free_memory():
    raise cli.BadInput(
        f'--elements: {options.elements} may need {needed / 2**30:.1f} GiB '
        f'of memory, and {free_memory() / 2**30:.1f} GiB is free')
  rows = []
  for layout, pattern, make, operation in EXPERIMENTS:
    row: dict[str, Any] = {
        'layout': layout, 'pattern': pattern,
        **measure(make, operation, options.elements, options.workers)}
    rows.append(row)
    print(f"{layout}/{pattern}: {row['used_bytes'] / 2**20:.0f} MiB less free "
          f"memory with {options.workers} workers, "
          f"{row['used_by_idle_workers_bytes'] / 2**20:.0f} MiB with workers "
          'that do nothing', flush=True)
  if out:
    output.write(out, [json.dumps({
        'elements': options.elements,
        'workers': options.workers,
        'python': platform.python_version(),
        'kernel': os.uname().release,
        'experiments': rows}, indent=1), '\n'])
  return 0


if __name__ == '__main__':
  cli.run('seed_experiment', main)
