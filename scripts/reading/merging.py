"""Merges several results files, shards or repetitions, into one.

Each file is read twice: first to check that the files belong together, then for
its rows. Memory holds the rows of one file at a time.
"""

import collections
import os
from typing import Callable, Iterable, Iterator

from scripts.base import cli
from scripts.base import json_text
from scripts.reading import environment
from scripts.reading import results_file


def merge_shards(paths: list[str]) -> tuple[int, Iterable[str]]:
  """The JSON of a file with every row of several files, in their order.

  Returns: the number of cases, and the text in parts.

  Raises:
    BadInput: the files come from different environments, or a case appears in
      several of them.
  """
  owner: dict[str, str] = {}
  files = _Files()
  for path in paths:
    for case_id in files.add(path):
      if case_id in owner:
        raise cli.BadInput(
            f'{path}: {case_id!r} also appears in {owner[case_id]}')
      owner[case_id] = path
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

  def add(self, path: str) -> dict[str, results_file.CaseResult]:
    """Reads one more file; returns its cases.

    A difference in the fingerprint is an error; different processors are kept
    side by side, so that their times are not compared.
    """
    # A pipe cannot be read twice.
    if os.path.exists(path) and not os.path.isfile(path):
      raise cli.BadInput(f'{path}: not a file')
    file = results_file.load(path)
    if self._first is None:
      self._first = file
      return file.cases
    first = self._first
    first.description = first.description.joined(file.description, path)
    for key, value in file.context.items():
      known = first.context.setdefault(key, value)
      if known == value:
        continue
      if key in environment.MACHINE_KEYS or key.startswith('allocator_'):
        raise cli.BadInput(
            f'{path}: its {key} is {value!r}, but that of {first.path} is '
            f'{known!r}')
      if key == 'cpu_model' and value not in str(known).split(' + '):
        first.context[key] = f'{known} + {value}'
    return file.cases

  def text(self, rows: Iterable[str]) -> Iterable[str]:
    """The parts of the merged file."""
    assert self._first is not None
    described = self._first.description
    context = self._first.context | (
        {} if described.is_foreign else described.context())
    return json_text.with_lines({'context': context}, 'benchmarks', rows)
