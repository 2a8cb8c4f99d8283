"""Reads the JSON that `--benchmark_out` of //benchmarks:cow writes.

All scripts read their input here, so that they accept and refuse the same files
with the same messages.
"""

import dataclasses
import gc
import json
import math
import re
import statistics
import sys
from typing import Any, Callable, Container, Iterator

from scripts.base import cli
from scripts.reading import description as descriptions

Context = dict[str, Any]
Row = dict[str, Any]

# More than a full preset with nine repetitions. A pipe may never end.
_MAX_FILE_BYTES = 90 * 2**20

# Google Benchmark's own fields of a row; all other numbers are counters.
_ROW_FIELDS = frozenset((
    'name', 'family_index', 'per_family_instance_index', 'run_name',
    'run_type', 'repetitions', 'repetition_index', 'threads', 'aggregate_name',
    'aggregate_unit', 'iterations', 'real_time', 'cpu_time', 'time_unit',
    'label', 'error_occurred', 'error_message', 'skipped', 'skip_message'))

_OWN_SUFFIXES = re.compile(
    r'(/(iterations:\d+|repeats:\d+|min_time:[\d.]+s?|min_warmup_time:[\d.]+|'
    r'threads:\d+|manual_time|real_time|process_time))+\Z')


@dataclasses.dataclass(slots=True)
class CaseResult:
  """One case of a file.

  Attributes:
    id: the case id.
    axes: the value of each axis; see Description.parse.
    samples: {counter: one value for each repetition that has it}.
    repetitions: how many there are, failed ones included.
    errors: the message of each repetition that failed.
  """
  id: str
  axes: dict[str, str]
  samples: dict[str, list[float]] = dataclasses.field(default_factory=dict)
  repetitions: int = 0
  errors: list[str] = dataclasses.field(default_factory=list)

  def with_counters(self, names: Container[str]) -> 'CaseResult':
    """The case without any other counter."""
    return dataclasses.replace(self, samples={
        name: values for name, values in self.samples.items() if name in names})


@dataclasses.dataclass
class ResultsFile:
  """One file: how it was measured, and its cases in the file's order."""
  path: str
  context: Context
  description: descriptions.Description
  cases: dict[str, CaseResult]


@dataclasses.dataclass
class Series:
  """One counter of one case: a value for each repetition."""
  case: CaseResult
  counter: descriptions.Counter
  samples: list[float]

  @property
  def median(self) -> float:
    return statistics.median(self.samples)


def series_of(results: ResultsFile) -> Iterator[Series]:
  """Every counter of every case that has samples, in the file's order."""
  for case in results.cases.values():
    for name, samples in case.samples.items():
      if samples:
        yield Series(case, results.description.counter(name), samples)


def case_id_of(run_name: str) -> str:
  """The case id in a run's name: without Google Benchmark's suffixes."""
  return _OWN_SUFFIXES.sub('', run_name)


def row_case_id(row: Row) -> str:
  """The case id of a row of a file that load() accepts."""
  return case_id_of(row.get('run_name', row['name']))


def is_aggregate(row: Row) -> bool:
  return row.get('run_type') == 'aggregate'


def read(path: str, take: Callable[[Row], None]) -> Context:
  """Passes each row of a file to `take`; returns the context.

  Each row is passed on as soon as it is decoded: all rows of a large matrix
  would take many times the memory of their samples.

  Raises:
    BadInput: the file is missing, too large or malformed.
  """
  rows = 0

  def pass_on(value: dict[str, Any]) -> Any:
    nonlocal rows
    if 'name' not in value or not ('run_type' in value or 'real_time' in value):
      return value
    rows += 1
    take(value)
    return _ROW

  try:
    root = json.loads(_text(path), object_hook=pass_on, parse_constant=_refuse)
  except json.JSONDecodeError as error:
    raise cli.BadInput(
        f'{path}: not JSON, or cut off: line {error.lineno}: {error.msg}'
    ) from error
  except (OSError, ValueError, RecursionError) as error:
    reason = getattr(error, 'strerror', None) or error
    raise cli.BadInput(f'{path}: {reason}') from error
  if not isinstance(root, dict) or not isinstance(root.get('benchmarks'), list):
    raise cli.BadInput(f"{path}: has no list 'benchmarks', so it was not "
                       'written by --benchmark_out')
  # The numbers differ if a row stands elsewhere in the file.
  if [_ROW] * rows != root['benchmarks']:
    raise cli.BadInput(f"{path}: an entry of 'benchmarks' is not a row with "
                       'name and run_type')
  context = root.get('context', {})
  if not isinstance(context, dict):
    raise cli.BadInput(f"{path}: 'context' is not an object")
  return context


# Stands for a row that was passed on.
_ROW = object()


def _text(path: str) -> str:
  with open(path, 'rb') as file:
    content = file.read(_MAX_FILE_BYTES + 1)
  if len(content) > _MAX_FILE_BYTES:
    raise ValueError(f'larger than {_MAX_FILE_BYTES // 2**20} MiB')
  if not content.strip():
    raise ValueError('the file is empty')
  return content.decode()


def _refuse(name: str) -> None:
  raise ValueError(f'{name} is not JSON')


def load(path: str) -> ResultsFile:
  """Reads a file; raises BadInput."""
  # Scripts keep all that they read until they end. Looking for garbage in it
  # takes as long as comparing it.
  gc.disable()
  loader = _Loader(path)
  context = read(path, loader.take)
  description = descriptions.of(path, context)
  if description.is_foreign:
    names = dict.fromkeys(name for case in loader.cases.values()
                          for name in case.samples)
    description = dataclasses.replace(description, counters={
        name: descriptions.by_name(name) for name in names})
  return ResultsFile(path, context, description, loader.finish(description))


class _Loader:
  """Collects rows, before the description of their counters is known."""

  def __init__(self, path: str) -> None:
    self._path = path
    self.cases: dict[str, CaseResult] = {}
    self._means: dict[str, CaseResult] = {}
    self._seen: set[tuple[str, str, int]] = set()
    # {field that is not a number: first row that has it}.
    self._labels: dict[str, str] = {}

  def take(self, row: Row) -> None:
    case_id, kind, repetition = self._identify(row)
    if kind not in ('iteration', 'mean'):
      return
    found = self.cases if kind == 'iteration' else self._means
    case = found.get(case_id)
    if case is None:
      case = CaseResult(case_id, {})
      found[case_id] = case
    key = case.id, kind, repetition
    if key in self._seen:
      raise cli.BadInput(f'{self._path}: {case_id!r} appears twice, in '
                         f'repetition {repetition}')
    self._seen.add(key)
    self._add(row, case)

  def finish(
      self, description: descriptions.Description) -> dict[str, CaseResult]:
    """The cases, with their axes."""
    for name, row_name in self._labels.items():
      counter = description.counter(name)
      if name in description.counters or (description.is_foreign and
                                          counter.unit != 'count'):
        raise cli.BadInput(
            f'{self._path}: {row_name!r}: {name} is not a number')
    # Aggregates count only where a case has no repetitions.
    cases = self._means | self.cases
    for case in cases.values():
      case.axes = description.parse(case.id)
    return cases

  def _identify(self, row: Row) -> tuple[str, str, int]:
    """The case id, 'iteration' or the aggregate's name, and the repetition."""
    name = row['name']
    for field in ('name', 'run_name'):
      if not isinstance(row.get(field, ''), str):
        raise cli.BadInput(
            f'{self._path}: {name!r}: the {field} is not a string')
    for field in ('repetition_index', 'iterations', 'family_index'):
      if type(row.get(field, 0)) is not int:  # isinstance() accepts bool
        raise cli.BadInput(
            f'{self._path}: {name!r}: {field} is not a whole number')
    if is_aggregate(row):
      return row_case_id(row), str(row.get('aggregate_name')), 0
    return row_case_id(row), 'iteration', row.get('repetition_index', 0)

  def _add(self, row: Row, case: CaseResult) -> None:
    case.repetitions += 1
    if row.get('error_occurred'):
      case.errors.append(str(row.get('error_message', '')))
      return
    samples = case.samples
    for name, value in row.items():
      if name in _ROW_FIELDS:
        continue
      if type(value) is int:  # not bool
        try:
          value = float(value)
        except OverflowError:
          value = math.inf
      elif type(value) is not float:
        self._labels.setdefault(name, row['name'])
        continue
      if not math.isfinite(value):
        raise cli.BadInput(
            f"{self._path}: {row['name']!r}: {name} is not finite")
      values = samples.get(name)
      # Thousands of cases share their counters' names, and most values repeat:
      # each is in memory once.
      if values is None:
        samples[sys.intern(name)] = [value]
      else:
        values.append(values[-1] if value == values[-1] else value)


def number(value: float) -> int | float:
  """Whole numbers without a decimal point: 4096, not 4096.0."""
  return int(value) if value == int(value) else value
