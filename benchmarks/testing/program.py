"""Runs //benchmarks:program as a user does."""

import os
import subprocess
from typing import IO, Any

PROGRAM = os.path.abspath('benchmarks/program')

# Two children that write to 1000 pages each.
FORK_AND_WRITE = '''
import mmap, os
data = bytearray(mmap.PAGESIZE * 1000)
for i in range(0, len(data), mmap.PAGESIZE): data[i] = 1
for _ in range(2):
  if os.fork() == 0:
    for i in range(0, len(data), mmap.PAGESIZE): data[i] = 2
    os._exit(0)
  os.wait()
'''


def run(*arguments: str, **kwargs: Any) -> 'subprocess.CompletedProcess[str]':
  return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True,
                        timeout=60, check=False, **kwargs)


def pipe(stream: 'IO[Any] | None') -> 'IO[Any]':
  assert stream is not None
  return stream
