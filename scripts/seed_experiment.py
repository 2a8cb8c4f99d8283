"""Repeats by hand the experiment that cowbench started from.

The workers of multiprocessing read data that their parent made before the fork.
The script reads free memory in /proc/meminfo before they start, and again when
they are done but still alive.

  bazel run //scripts:seed_experiment -- --elements=10000000 --out=naive.json

Free memory is that of the whole machine: the figures include other processes,
page tables and the interpreters themselves. //benchmarks:cpython counts pages
instead.
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

# The sizes in the question: a 15000 x 15000 array, and lists of 10**8.
_SEED_ELEMENTS = 10**8
_SEED_ROWS = 15000
_MAX_ELEMENTS = 10**9

Operation = Callable[[Any], object]

_data: Any = None  # The workers inherit it.


def free_memory() -> int:
  """Bytes in /proc/meminfo that are free or in caches."""
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


# The layouts and patterns of //benchmarks:cpython.
EXPERIMENTS: tuple[tuple[str, str, Callable[[int], Any], Operation], ...] = (
    ('numpy_ones', 'sum', make_numpy_ones, lambda data: data.sum()),
    ('list_range', 'sum', lambda n: list(range(n)), sum),
    ('list_range', 'for', lambda n: list(range(n)), list_for),
    ('list_same', 'sum', lambda n: [1] * n, sum),
    ('list_same', 'for', lambda n: [1] * n, list_for),
)


def _work(operation: Operation, done: Semaphore, leave: Event) -> None:
  operation(_data)
  done.release()
  leave.wait()


def _free_while(workers: int, operation: Operation) -> int:
  """Free memory while the workers, done with `operation`, wait."""
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
              f'a worker ended with status {process.exitcode}; memory may be '
              'short')
    time.sleep(0.5)  # about what a person needs to call free(1)
    return free_memory()
  finally:
    leave.set()
    for process in processes:
      process.join()


def measure(make: Callable[[int], Any], operation: Operation, elements: int,
            workers: int) -> dict[str, int]:
  """By how much free memory shrinks in one experiment."""
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
  parser = cli.Parser('seed_experiment', description=__doc__)
  parser.add_argument('--elements', type=int, default=_SEED_ELEMENTS,
                      help='of the lists (%(default)s); each takes 204 bytes '
                      'of memory')
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
        f'of memory, but {free_memory() / 2**30:.1f} GiB are free')
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
