"""Runs one shard of the suite, selected by Bazel's test sharding.

  bazel test //results:shards --test_arg=--preset=default
  sbatch --array=0-3 results/shards.sbatch FOLDER --preset=default

A data set is a pair of layout and allocator. Each of n shards runs every n-th
data set, so that only one machine builds a data set. A shard writes shard.json
to the test's undeclared outputs, once all its cases have run; //scripts:merge
merges these files. The flags are those of //benchmarks:cow.

Exit status: that of the suite.
"""

import contextlib
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from typing import Iterable

from scripts.base import cli
from scripts.reading import merging

# Slurm starts this program in the user's folder.
COW = (str(pathlib.Path(__file__).parent.parent / 'benchmarks/cow'),)

# Of the suite: 1 means that a case failed, and all ran.
_FINISHED = (0, 1)


def data_sets_of(case_ids: Iterable[str]) -> list[tuple[str, ...]]:
  """The pairs of layout and allocator, in the order of the cases."""
  return list(dict.fromkeys(
      tuple(case_id.split('/')[1:4:2]) for case_id in case_ids))


def filter_of_shard(case_ids: Iterable[str], index: int,
                    total: int) -> str | None:
  """A regular expression for the data sets of a shard; None if it has none."""
  chosen = [f'{re.escape(layout)}/[^/]+/{re.escape(allocator)}'
            for layout, allocator in data_sets_of(case_ids)[index::total]]
  return f"^cow/({'|'.join(chosen)})/" if chosen else None


def list_cases(flags: list[str]) -> list[str]:
  """The case ids that the flags select; exits if the suite refuses them."""
  listed = subprocess.run([*COW, *flags, '--benchmark_list_tests'], text=True,
                          stdout=subprocess.PIPE, check=False)
  if listed.returncode != 0:
    sys.exit(listed.returncode)
  return [line for line in listed.stdout.splitlines()
          if line.startswith('cow/')]


def _run(flags: list[str], selection: str, folder: str) -> int:
  """Runs the cases; shard.json is there as a whole or not at all."""
  # In the same folder, because a rename cannot cross file systems. A task that
  # was killed, or that only seems to be dead, may have left another one.
  try:
    descriptor, unfinished = tempfile.mkstemp(dir=folder, prefix='.shard-')
  except OSError as error:
    raise cli.BadInput(f'TEST_UNDECLARED_OUTPUTS_DIR: {error.filename}: '
                       f'{error.strerror}') from error
  os.fchmod(descriptor, 0o644)
  os.close(descriptor)
  try:
    status = subprocess.run(
        [*COW, *flags, f'--benchmark_filter={selection}',
         f'--benchmark_out={unfinished}'], check=False).returncode
    if status in _FINISHED:
      out = os.path.join(folder, 'shard.json')
      os.replace(unfinished, out)
      print(f'Renamed to {out}; //scripts:merge merges the shards.')
  finally:
    with contextlib.suppress(FileNotFoundError):
      os.remove(unfinished)
  return status


def _number(variable: str, default: int) -> int:
  """A whole number from the environment; raises BadInput."""
  text = os.environ.get(variable, str(default))
  if not text.isdecimal():
    raise cli.BadInput(f"{variable}: '{text}' is not a whole number")
  return int(text)


def main(flags: list[str]) -> int:
  if any(flag.startswith('--benchmark_filter') for flag in flags):
    raise cli.BadInput('--benchmark_filter: the shards use it; select cases by '
                       '--layouts, --patterns, --allocators or --sizes')
  index = _number('TEST_SHARD_INDEX', 0)
  total = _number('TEST_TOTAL_SHARDS', 1)
  if index >= total:
    raise cli.BadInput(f'TEST_SHARD_INDEX: there is no shard {index} of '
                       f'{total}; the first is 0')
  status_file = os.environ.get('TEST_SHARD_STATUS_FILE')
  if status_file:
    pathlib.Path(status_file).touch()  # tells Bazel that the test shards
  case_ids = list_cases(flags)
  selection = filter_of_shard(case_ids, index, total)
  if selection is None:
    print('Nothing to do: there are more shards than data sets.')
    return 0
  digest = hashlib.sha256('\n'.join(case_ids).encode()).hexdigest()
  place = merging.Shard(index, min(total, len(data_sets_of(case_ids))),
                        digest[:12])
  return _run([*flags, f'--benchmark_context={place.context()}'], selection,
              os.environ.get('TEST_UNDECLARED_OUTPUTS_DIR', '.'))


if __name__ == '__main__':
  cli.run('shard', main)
