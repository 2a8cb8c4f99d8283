"""Reads the JSON that `--benchmark_out` of //benchmarks:cow writes.

Every script reads its input here, so that all of them accept and refuse the
same files, with the same words.
"""

import dataclasses
import math
import re
import sys

from scripts import json_rows

BadInput = json_rows.BadInput

DETERMINISTIC_COUNTERS = (
    'copied_bytes',
    'minor_faults',
    'major_faults',
    'fresh_bytes',
    'fork_tax_bytes',
    'resident_bytes',
    'amplification',
    'copied_metadata_bytes',
    'huge_bytes',
)
TIME_COUNTERS = ('wall_time', 'fork_time', 'access_time', 'exit_time',
                 'copied_page_time')

# Less is better of every other counter.
NEITHER_IS_BETTER = frozenset(('huge_bytes',))

# Axes that a case id names only where they differ from these.
DEFAULT_AXES = {
    'touch': '100',
    'children': '1',
    'writer': 'child',
    'order': 'sequential',
    'thp': 'system',
}
AXES = ('layout', 'pattern', 'allocator', 'size', *DEFAULT_AXES)

_KNOWN_COUNTERS = frozenset(DETERMINISTIC_COUNTERS + TIME_COUNTERS)

# What Google Benchmark itself says of a row; the other numbers are counters.
_ROW_FIELDS = frozenset((
    'name', 'family_index', 'per_family_instance_index', 'run_name',
    'run_type', 'repetitions', 'repetition_index', 'threads', 'aggregate_name',
    'aggregate_unit', 'iterations', 'real_time', 'cpu_time', 'time_unit',
    'label', 'error_occurred', 'error_message', 'skipped', 'skip_message',
))

_OWN_SUFFIXES = re.compile(
    r'(/(iterations:\d+|repeats:\d+|min_time:[\d.]+s?|min_warmup_time:[\d.]+|'
    r'threads:\d+|manual_time|real_time|process_time))+\Z')

_SIZE = re.compile(r'([1-9]\d{0,18})(KiB|MiB|GiB)')
_UNITS = {'KiB': 2**10, 'MiB': 2**20, 'GiB': 2**30}


@dataclasses.dataclass
class CaseResult:
  """What a file says of one case.

  Attributes:
    id: the case id.
    axes: value of each of AXES; see parse_case_id.
    samples: the counters, with one entry for each repetition that has them.
    iterations: forks measured in the first repetition.
    repetitions: how many there are, failed ones included.
    errors: the message of each repetition that failed.
  """
  id: str
  axes: dict[str, str]
  samples: dict[str, list[float]] = dataclasses.field(default_factory=dict)
  iterations: int = 0
  repetitions: int = 0
  errors: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class ResultsFile:
  """One file: how it was measured, and its cases in the file's order."""
  path: str
  context: dict
  cases: dict[str, CaseResult]


def size_bytes(text):
  """Bytes of a size such as '64KiB'; ValueError for anything else."""
  match = _SIZE.fullmatch(text)
  if match is None:
    raise ValueError(f'{text!r} is not a size such as 64KiB')
  return int(match[1]) * _UNITS[match[2]]


def case_id_of(run_name):
  """Google Benchmark's name of a run without what it adds to the case id."""
  return _OWN_SUFFIXES.sub('', run_name)


def parse_case_id(case_id):
  """The value of every axis, as text, with the defaults filled in.

  A name that is no case id has '' for layout, pattern, allocator and size.
  """
  axes = dict.fromkeys(AXES, '') | DEFAULT_AXES
  parts = case_id.split('/')
  if (len(parts) < 5 or parts[0] != 'cow' or not all(parts[1:4]) or
      not parts[4].startswith('size:') or
      _SIZE.fullmatch(parts[4][len('size:'):]) is None):
    return axes
  named = dict(zip(('layout', 'pattern', 'allocator'), parts[1:4]))
  for part in parts[4:]:
    axis, colon, value = part.partition(':')
    if not colon or axis in named or axis not in axes:
      return axes
    named[axis] = value
  return axes | named


def load(path):
  """Reads a file; raises BadInput."""
  context = {}
  cases = {}
  means = {}
  seen = set()
  for row in json_rows.read(path, context):
    case_id, kind, repetition = _identify(path, row)
    if kind not in ('iteration', 'mean'):
      continue
    if (case_id, kind, repetition) in seen:
      raise BadInput(f'{path}: {case_id!r} stands twice, in '
                     f'repetition {repetition}')
    seen.add((case_id, kind, repetition))
    found = cases if kind == 'iteration' else means
    case = found.get(case_id)
    if case is None:
      case = CaseResult(case_id, parse_case_id(case_id),
                        iterations=row.get('iterations', 0))
      found[case_id] = case
    try:
      _add(row, case)
    except ValueError as problem:
      raise BadInput(f"{path}: {row['name']!r}: {problem}") from problem
  # What an aggregate says counts only where it is all that there is.
  return ResultsFile(str(path), context, means | cases)


def row_case_id(row):
  """The case id of a row of a file that load() accepts."""
  return case_id_of(row.get('run_name', row['name']))


def is_aggregate(row):
  return row.get('run_type') == 'aggregate'


def _identify(path, row):
  """The case id, the kind ('iteration' or an aggregate) and the repetition."""
  if not isinstance(row, dict) or 'name' not in row or not (
      'run_type' in row or 'real_time' in row):
    raise BadInput(f"{path}: an entry of 'benchmarks' is not a row with name "
                   'and run_type')
  for field in ('name', 'run_name'):
    if not isinstance(row.get(field, ''), str):
      raise BadInput(f"{path}: {row['name']!r}: the {field} is not a string")
  for field in ('repetition_index', 'iterations', 'family_index'):
    if type(row.get(field, 0)) is not int:  # a bool is an int, too
      raise BadInput(f"{path}: {row['name']!r}: {field} is not a whole number")
  if is_aggregate(row):
    return row_case_id(row), str(row.get('aggregate_name')), 0
  return row_case_id(row), 'iteration', row.get('repetition_index', 0)


def _add(row, case):
  """Adds a row to its case; raises ValueError."""
  case.repetitions += 1
  if row.get('error_occurred'):
    case.errors.append(str(row.get('error_message', '')))
    return
  samples = case.samples
  for name, value in row.items():
    if name in _ROW_FIELDS:
      continue
    if type(value) is int:  # a bool is not
      value = _as_float(value)
    elif type(value) is not float:
      if name in _KNOWN_COUNTERS:
        raise ValueError(f'{name} is not a number')
      continue
    if not math.isfinite(value):
      raise ValueError(f'{name} is not finite')
    if name not in samples:
      # Thousands of cases have the same counters: each name once.
      samples[sys.intern(name)] = []
    samples[name].append(value)


def _as_float(value):
  try:
    return float(value)
  except OverflowError:
    return math.inf
