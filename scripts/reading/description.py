"""The counters and axes that a results file describes.

A suite of cowbench describes both in the context of its results, under the keys
`counters` and `axes`; no script has its own list. Other Google Benchmark
programs describe nothing: the unit of their counters follows from the ending of
the name.
"""

import dataclasses
import functools
import json
import re
from typing import Any, TypeVar

from scripts.base import cli

# The axes that every case id has, in this order.
LEADING_AXES = ('layout', 'pattern', 'allocator', 'size')

# Keys of the context, each a list as JSON text.
KEYS = ('counters', 'axes')

_UNITS = ('bytes', 'faults', 'ratio', 'seconds', 'count')
_UNIT_OF_ENDING = {'bytes': 'bytes', 'faults': 'faults', 'time': 'seconds'}
_KINDS = ('count', 'time', 'load')
_BETTER = ('less', 'more', '')

_T = TypeVar('_T')

_SIZE = re.compile(r'([1-9]\d{0,18})(KiB|MiB|GiB)')
_SIZE_UNITS = {'KiB': 2**10, 'MiB': 2**20, 'GiB': 2**30}


@dataclasses.dataclass(frozen=True)
class Counter:
  """One counter.

  Attributes:
    name: as in the rows.
    heading: a short name for a table.
    unit: bytes, faults, ratio, seconds or count.
    kind: 'count', which is deterministic, 'time', or 'load', which tells how
      busy the machine was.
    better: 'less', 'more', or '' if neither is better.
    meaning: one sentence that stands on its own.
  """
  name: str
  heading: str = dataclasses.field(compare=False)
  unit: str
  kind: str
  better: str
  meaning: str = dataclasses.field(compare=False)

  @property
  def is_time(self) -> bool:
    return self.kind == 'time'


@dataclasses.dataclass(frozen=True)
class Description:
  """The counters and axes of one or several files.

  Attributes:
    counters: by name, in the table's order.
    axes: {name: default} of the axes that a case id omits at their default, in
      the id's order.
    is_foreign: whether the program that wrote the file describes nothing.
  """
  counters: dict[str, Counter]
  axes: dict[str, str]
  is_foreign: bool = False

  @property
  def all_axes(self) -> tuple[str, ...]:
    return (*LEADING_AXES, *self.axes)

  def counter(self, name: str) -> Counter:
    """The counter of that name, described or not."""
    return self.counters.get(name) or by_name(name)

  def of_kind(self, kind: str) -> list[str]:
    """The names of the counters of a kind."""
    return [name for name, counter in self.counters.items()
            if counter.kind == kind]

  def parse(self, case_id: str) -> dict[str, str]:
    """The value of every axis as text, with the defaults filled in.

    The leading axes are '' if `case_id` is not a case id.
    """
    nothing = dict.fromkeys(LEADING_AXES, '') | self.axes
    prefix, *parts = case_id.split('/')
    if prefix != 'cow' or len(parts) < len(LEADING_AXES) or not all(parts[:3]):
      return nothing
    axes = dict(zip(LEADING_AXES, parts[:3]))
    for part in parts[3:]:
      axis, colon, value = part.partition(':')
      if not colon or axis in axes or axis not in nothing:
        return nothing
      axes[axis] = value
    if _SIZE.fullmatch(axes.get('size', '')) is None:
      return nothing
    return nothing | axes

  def case_id(self, axes: dict[str, str]) -> str:
    """The inverse of parse(); an axis that is missing is at its default."""
    named = [f'{name}:{axes[name]}' for name, default in self.axes.items()
             if axes.get(name, default) != default]
    return '/'.join(('cow', *(axes[name] for name in LEADING_AXES[:3]),
                     f"size:{axes['size']}", *named))

  def joined(self, other: 'Description', where: str) -> 'Description':
    """Both descriptions; raises BadInput, naming `where`, if they differ."""
    return Description(
        _join('counters', self.counters, other.counters, where),
        _join('axes', self.axes, other.axes, where),
        self.is_foreign and other.is_foreign)

  def context(self) -> dict[str, str]:
    """The description as items of a context."""
    counters = [dataclasses.asdict(each) for each in self.counters.values()]
    axes = [{'name': name, 'default': default}
            for name, default in self.axes.items()]
    return {'counters': json.dumps(counters), 'axes': json.dumps(axes)}


def _join(key: str, ours: dict[str, _T], theirs: dict[str, _T],
          where: str) -> dict[str, _T]:
  for name in ours.keys() & theirs.keys():
    if ours[name] != theirs[name]:
      raise cli.BadInput(
          f'{where}: its {key} describe {name!r} differently from the other '
          'files; measure all files with one version of cowbench')
  return ours | {
      name: item for name, item in theirs.items() if name not in ours}


def of(path: str, context: dict[str, Any]) -> Description:
  """The description in the context of the file `path`; raises BadInput."""
  if not any(key in context for key in KEYS):
    if 'cowbench_version' not in context:
      return Description({}, {}, is_foreign=True)
    raise cli.BadInput(
        f'{path}: not written by this version of cowbench: it does not '
        'describe its counters; measure again')
  try:
    counters, axes = (json.loads(context[key]) for key in KEYS)
    description = Description(
        {item['name']: _counter(item) for item in counters},
        {str(item['name']): str(item['default']) for item in axes})
  except (KeyError, TypeError, ValueError, RecursionError) as error:
    raise cli.BadInput(
        f"{path}: 'counters' or 'axes' in the context is malformed: {error!r}"
    ) from error
  return description


def _counter(item: dict[str, Any]) -> Counter:
  for key, known in (('unit', _UNITS), ('kind', _KINDS), ('better', _BETTER)):
    if item[key] not in known:
      raise ValueError(f'{key} {item[key]!r}')
  return Counter(**{field.name: str(item[field.name])
                    for field in dataclasses.fields(Counter)})


@functools.cache
def is_spread(name: str) -> bool:
  """Whether the counter tells by how much the counts of a case vary."""
  return name.endswith('_spread')


def by_name(name: str) -> Counter:
  """A counter without a description; its name's ending gives the unit."""
  unit = _UNIT_OF_ENDING.get(name.rpartition('_')[2], 'count')
  return Counter(name, name, unit, 'time' if unit == 'seconds' else 'count',
                 '' if unit == 'count' else 'less', f'Counter {name}.')


def size_bytes(text: str) -> int:
  """Bytes of a size such as '64KiB'; ValueError for anything else."""
  match = _SIZE.fullmatch(text)
  if match is None:
    raise ValueError(f'{text!r} is not a size such as 64KiB')
  return int(match[1]) * _SIZE_UNITS[match[2]]
