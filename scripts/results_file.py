"""Reads the JSON that `--benchmark_out` of //benchmarks:cow writes.

Every script reads its input here, so that all of them accept and refuse the
same files, with the same words.
"""

import dataclasses
import json
import math
import re

# Two files of this size are compared within 200 MB; a full preset with nine
# repetitions is below it.
MAX_FILE_BYTES = 48 * 2**20

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
TIME_COUNTERS = ('wall_time', 'fork_time', 'access_time', 'exit_time')

# Axes that a case id names only where they differ from these.
DEFAULT_AXES = {
    'touch': '100',
    'children': '1',
    'writer': 'child',
    'order': 'sequential',
    'thp': 'default',
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


class BadInput(Exception):
  """The user's mistake; the message is one line that names the file."""


@dataclasses.dataclass
class CaseResult:
  """What a file says of one case.

  Attributes:
    id: the case id.
    axes: value of each of AXES; see parse_case_id.
    samples: the counters, with one entry for each repetition that has them.
    iterations: forks measured in the first repetition.
    errors: the message of each repetition that failed.
  """
  id: str
  axes: dict[str, str]
  samples: dict[str, list[float]] = dataclasses.field(default_factory=dict)
  iterations: int = 0
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


def read_json(path, object_hook=None):
  """The value in a JSON file, strictly read.

  Args:
    path: of the file.
    object_hook: replaces each object while it is read, as in json.loads.

  Raises:
    BadInput: the file is not there, too large or not JSON.
  """
  try:
    # Bounded: what is no regular file may not end.
    with open(path, 'rb') as file:
      data = file.read(MAX_FILE_BYTES + 1)
  except (OSError, ValueError) as error:
    reason = getattr(error, 'strerror', None) or error
    raise BadInput(f'{path}: {reason}') from error
  if len(data) > MAX_FILE_BYTES:
    raise BadInput(f'{path}: larger than {MAX_FILE_BYTES // 2**20} MiB')
  if not data.strip():
    raise BadInput(f'{path}: the file is empty')
  try:
    text = data.decode()
    del data  # twice the file in memory is enough
    return json.loads(text, object_hook=object_hook,
                      parse_constant=_refuse_constant)
  except (ValueError, RecursionError) as error:
    raise BadInput(f'{path}: not valid JSON, or cut off: {error}') from error


def check_layout(path, root):
  """Checks the outermost parts of a file of Google Benchmark's."""
  if not isinstance(root, dict):
    raise BadInput(f'{path}: no JSON object, so not written by '
                   '--benchmark_out')
  if not isinstance(root.get('benchmarks'), list):
    raise BadInput(f"{path}: has no list 'benchmarks', so it was not "
                   'written by --benchmark_out')
  if not isinstance(root.setdefault('context', {}), dict):
    raise BadInput(f"{path}: 'context' is not an object")


def load(path):
  """Reads a file; raises BadInput."""
  root = read_json(path, object_hook=_Row.or_object)
  check_layout(path, root)
  for row in root['benchmarks']:
    if not isinstance(row, _Row):
      raise BadInput(f"{path}: an entry of 'benchmarks' is not a row "
                     'with name and run_type')
    if row.problem:
      raise BadInput(f'{path}: {row.name!r}: {row.problem}')
  rows = root['benchmarks']
  measured = {row.case_id for row in rows if not row.aggregate}
  cases = {}
  seen = set()
  for row in rows:
    if row.aggregate and (row.aggregate != 'mean' or row.case_id in measured):
      continue
    if (row.case_id, row.repetition) in seen:
      raise BadInput(f'{path}: {row.case_id!r} stands twice, in '
                     f'repetition {row.repetition}')
    seen.add((row.case_id, row.repetition))
    case = cases.get(row.case_id)
    if case is None:
      case = CaseResult(row.case_id, parse_case_id(row.case_id),
                        iterations=row.iterations)
      cases[row.case_id] = case
    if row.error is not None:
      case.errors.append(row.error)
      continue
    for counter, value in zip(row.counters, row.values):
      case.samples.setdefault(counter, []).append(value)
  return ResultsFile(str(path), root['context'], cases)


def _refuse_constant(name):
  raise ValueError(f'{name} is not JSON')


class _Row:
  """One row, reduced to what is needed while the file is still being read."""

  __slots__ = ('name', 'case_id', 'aggregate', 'repetition', 'iterations',
               'error', 'counters', 'values', 'problem')

  # Rows by the thousand have the same counters: each set of names once.
  _names = {}

  @staticmethod
  def or_object(fields):
    """Reduces the objects that are rows, and passes the others on."""
    is_row = 'name' in fields and ('run_type' in fields or
                                   'real_time' in fields)
    return _Row(fields) if is_row else fields

  def __init__(self, fields):
    self.name = fields['name']
    self.problem = None
    self.counters = self.values = ()
    self.error = None
    self.aggregate = ''
    run_name = fields.get('run_name', self.name)
    self.repetition = fields.get('repetition_index', 0)
    self.iterations = fields.get('iterations', 0)
    if not isinstance(self.name, str) or not isinstance(run_name, str):
      self.problem = 'the name is not a string'
      return
    self.case_id = case_id_of(run_name)
    for field in ('repetition_index', 'iterations'):
      if type(fields.get(field, 0)) is not int:  # a bool is an int, too
        self.problem = f'{field} is not a whole number'
        return
    if fields.get('run_type') == 'aggregate':
      self.aggregate = str(fields.get('aggregate_name'))
      self.repetition = 0
    if fields.get('error_occurred'):
      self.error = str(fields.get('error_message', ''))
      return
    self._read_counters(fields)

  def _read_counters(self, fields):
    names = []
    values = []
    for name, value in fields.items():
      if name in _ROW_FIELDS:
        continue
      if type(value) is not float and type(value) is not int:
        if name in _KNOWN_COUNTERS:
          self.problem = f'{name} is not a number'
          return
        continue
      try:
        value = float(value)
      except OverflowError:
        value = math.inf
      if not math.isfinite(value):
        self.problem = f'{name} is not finite'
        return
      names.append(name)
      values.append(value)
    names = tuple(names)
    self.counters = self._names.setdefault(names, names)
    self.values = tuple(values)
