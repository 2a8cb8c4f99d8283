"""Merges several results files, shards or repetitions, into one.

Each file is read twice: first to check that the files belong together, then for
its rows. Memory holds the rows of one file at a time.
"""

import collections
import dataclasses
import os
import re
from typing import Callable, Iterable, Iterator

from scripts.base import cli
from scripts.base import human
from scripts.base import json_text
from scripts.reading import environment
from scripts.reading import results_file

# Items of the context that name all their values.
_JOINED = ('cpu_model', 'host_name')

# The item of the context that says which shard of a run a file is.
_SHARD = 'shard'
_SHARD_TEXT = re.compile(r'(\d{1,4}) of 0-(\d{1,4}) with cases ([0-9a-f]+)')


@dataclasses.dataclass(frozen=True)
class Shard:
  """One shard of a run.

  Attributes:
    index: of this shard; the first is 0.
    total: how many shards have a case.
    cases: stands for all cases of the run.
  """
  index: int
  total: int
  cases: str

  def context(self) -> str:
    """The item of the context, as --benchmark_context takes it."""
    return (f'{_SHARD}={self.index} of 0-{self.total - 1} with cases '
            f'{self.cases}')


def merge_shards(paths: list[str]) -> tuple[int, Iterable[str]]:
  """The JSON of a file with every row of several files, in their order.

  Returns: the number of cases, and the text in parts.

  Raises:
    BadInput: the files come from different environments, a case appears in
      several of them, or a shard is missing.
  """
  owner: dict[str, str] = {}
  files = _Files()
  for path in paths:
    for case_id in files.add(path):
      if case_id in owner:
        raise cli.BadInput(
            f'{path}: {case_id!r} also appears in {owner[case_id]}')
      owner[case_id] = path
  files.check_shards()
  return len(owner), files.text(_rows_of_shards(paths))


def merge_repetitions(paths: list[str]) -> Iterable[str]:
  """The JSON of a file in which each run of a case is a repetition.

  Returns: the text in parts.

  Raises:
    BadInput: the files come from different environments.
  """
  repetitions: collections.Counter[str] = collections.Counter()
  files = _Files()
  for path in paths:
    for case in files.add(path).values():
      repetitions[case.id] += case.repetitions
  return files.text(_rows_of_repetitions(paths, repetitions))


def _rows_of_shards(paths: list[str]) -> Iterator[str]:
  family = 0

  def renumber(row: results_file.Row) -> bool:
    nonlocal family
    if 'family_index' in row:
      row['family_index'] += first_family
      family = max(family, row['family_index'] + 1)
    return True

  for path in paths:
    first_family = family
    yield from _rows(path, renumber)


def _rows_of_repetitions(paths: list[str],
                         repetitions: dict[str, int]) -> Iterator[str]:
  taken: collections.Counter[str] = collections.Counter()

  def renumber(row: results_file.Row) -> bool:
    if results_file.is_aggregate(row):
      return False  # it summarises one file, not all repetitions
    case_id = results_file.row_case_id(row)
    row['repetition_index'] = taken[case_id]
    row['repetitions'] = repetitions[case_id]
    taken[case_id] += 1
    return True

  for path in paths:
    yield from _rows(path, renumber)


def _rows(path: str, renumber: Callable[[results_file.Row], bool]) -> list[str]:
  """The rows that `renumber` keeps, as JSON: dicts take much more memory."""
  rows: list[str] = []

  def take(row: results_file.Row) -> None:
    if renumber(row):
      rows.append(json_text.dumps(row))

  results_file.read(path, take)
  return rows


class _Files:
  """The common context and description of the files read so far."""

  def __init__(self) -> None:
    self._first: results_file.ResultsFile | None = None
    # {(cases, total): {index of a shard: its path}}.
    self._shards: dict[tuple[str, int], dict[int, str]] = {}

  def add(self, path: str) -> dict[str, results_file.CaseResult]:
    """Reads one more file; returns its cases.

    A difference in the fingerprint is an error; different processors are kept
    side by side, so that their times are not compared, and so are hosts.
    """
    # A pipe cannot be read twice.
    if os.path.exists(path) and not os.path.isfile(path):
      raise cli.BadInput(f'{path}: not a file')
    file = results_file.load(path)
    match = _SHARD_TEXT.fullmatch(str(file.context.pop(_SHARD, '')))
    if match is not None:
      run = self._shards.setdefault((match[3], int(match[2]) + 1), {})
      run[int(match[1])] = path
    if self._first is None:
      self._first = file
      return file.cases
    first = self._first
    first.description = first.description.joined(file.description, path)
    key = environment.conflict(first.context, file.context)
    if key:
      raise cli.BadInput(
          f'{path}: its {key} is {file.context[key]!r}, but that of '
          f'{first.path} is {first.context[key]!r}')
    for key, value in file.context.items():
      known = first.context.setdefault(key, value)
      if key in _JOINED and str(value) not in str(known).split(' + '):
        first.context[key] = f'{known} + {value}'
    return file.cases

  def check_shards(self) -> None:
    """Raises BadInput if a run has shards, but not all of them."""
    for (_, total), found in self._shards.items():
      missing = [str(i) for i in range(total) if i not in found]
      if missing:
        raise cli.BadInput(
            f'{next(iter(found.values()))}: of the {total} shards of its run, '
            f"{human.plural(len(missing), 'shard')} missing: "
            f"{', '.join(missing)}; to run a shard again, set "
            f'TEST_TOTAL_SHARDS={total} and TEST_SHARD_INDEX; with Slurm: '
            f"TEST_TOTAL_SHARDS={total} sbatch --array={','.join(missing)} ...")

  def text(self, rows: Iterable[str]) -> Iterable[str]:
    """The parts of the merged file."""
    assert self._first is not None
    described = self._first.description
    context = self._first.context | (
        {} if described.is_foreign else described.context())
    return json_text.with_lines({'context': context}, 'benchmarks', rows)
