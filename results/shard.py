"""Runs one shard of the suite, selected by Bazel's test sharding.

  bazel test //results:shards --test_arg=--preset=default

A data set is a pair of layout and allocator. Each of n shards runs every n-th
data set, so that only one machine builds a data set. A shard writes shard.json
to the test's undeclared outputs; //scripts:merge merges these files. The flags
are those of //benchmarks:cow.

Exit status: that of the suite.
"""

import os
import pathlib
import re
import subprocess
import sys
from typing import Iterable

from scripts.base import cli

_COW = 'benchmarks/cow'


def filter_of_shard(case_ids: Iterable[str], index: int,
                    total: int) -> str | None:
  """A regular expression for the data sets of a shard; None if it has none."""
  data_sets = dict.fromkeys(
      tuple(case_id.split('/')[1:4:2]) for case_id in case_ids)
  chosen = [f'{re.escape(layout)}/[^/]+/{re.escape(allocator)}'
            for layout, allocator in list(data_sets)[index::total]]
  return f"^cow/({'|'.join(chosen)})/" if chosen else None


def list_cases(flags: list[str]) -> list[str]:
  """The case ids that the flags select; exits if the suite refuses them."""
  listed = subprocess.run([_COW, *flags, '--benchmark_list_tests'], text=True,
                          stdout=subprocess.PIPE, check=False)
  if listed.returncode != 0:
    sys.exit(listed.returncode)
  return [line for line in listed.stdout.splitlines()
          if line.startswith('cow/')]


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
  selection = filter_of_shard(list_cases(flags), index, total)
  if selection is None:
    print('Nothing to do: there are more shards than data sets.')
    return 0
  folder = os.environ.get('TEST_UNDECLARED_OUTPUTS_DIR', '.')
  return subprocess.run(
      [_COW, *flags, f'--benchmark_filter={selection}',
       f'--benchmark_out={folder}/shard.json'], check=False).returncode


if __name__ == '__main__':
  cli.run('shard', main)
