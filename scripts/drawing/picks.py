"""Which cases of a run the pictures are of, most telling first."""

import collections
import dataclasses
import statistics
from typing import Any, Iterable, Iterator

from scripts.reading import description as descriptions
from scripts.reading import results_file

# A picture with more lines, or more rows, is not read any more.
MOST_ROWS = 10
_MOST_LINES = 4

# An allocator's own data is some pages more or less: no difference to speak of.
_FEW_PAGES = 16

# A time that changes less than to a half may have done so by chance.
_NOISE = 0.5

# What an axis may change, in the order of the pictures.
_OF_AXES = ('copied_bytes', 'fork_time')

# The question that this project grew from, in the words of its answer. What a
# run has of these is shown.
_SEED = {
    ('array', 'read'): 'array of numbers, read',
    ('boxed', 'read'): 'list of objects, read without counting',
    ('boxed', 'refcount'): 'list of objects, references counted',
    ('boxed_shared', 'refcount'): 'list of one object, references counted',
    ('numpy_ones', 'sum'): 'numpy.ones(n), summed',
    ('array_array', 'for'): "array('q', ...), iterated over",
    ('list_range', 'for'): 'list(range(n)), iterated over',
    ('list_str', 'for'): 'list of strings, iterated over',
    ('list_same', 'for'): '[1] * n, iterated over'}


@dataclasses.dataclass
class Group:
  """Cases that are equal but for one axis, by their value of it."""
  axes: dict[str, str]
  size: int
  cases: dict[str, results_file.CaseResult]

  def medians(self, counter: str) -> dict[str, float]:
    return {value: statistics.median(case.samples[counter])
            for value, case in self.cases.items() if counter in case.samples}


def groups(results: results_file.ResultsFile, axis: str) -> list[Group]:
  """All groups of two cases and more, in the file's order."""
  found: dict[tuple[tuple[str, str], ...], Group] = {}
  for case in results.cases.values():
    if not case.axes['size']:
      continue
    others = {name: value for name, value in case.axes.items() if name != axis}
    size = descriptions.size_bytes(case.axes['size'])
    group = found.setdefault(tuple(others.items()), Group(others, size, {}))
    group.cases[case.axes[axis]] = case
  return [group for group in found.values() if len(group.cases) > 1]


def at_largest_size(found: list[Group]) -> list[Group]:
  """Of groups that differ in their size only, the largest."""
  largest: dict[Any, Group] = {}
  for group in found:
    key = tuple((k, v) for k, v in group.axes.items() if k != 'size')
    if key not in largest or group.size > largest[key].size:
      largest[key] = group
  return list(largest.values())


def differing(results: results_file.ResultsFile) -> list[Group]:
  """Where allocators differ, those first where most of the data is at stake."""
  page = page_size(results)

  def stake(group: Group) -> float:
    copied = group.medians('copied_bytes').values()
    return (max(copied) - min(copied)) / group.size if copied else 0

  found = [group for group in at_largest_size(groups(results, 'allocator'))
           if stake(group) * group.size > _FEW_PAGES * page]
  return sorted(found, key=stake, reverse=True)


def label(group: Group, results: results_file.ResultsFile,
          hidden: frozenset[str]) -> str:
  """What tells a group from others: 'boxed/free, touch 10'."""
  defaults = results.description.axes
  words = [f"{group.axes['layout']}/{group.axes['pattern']}"]
  words += [group.axes[axis] for axis in ('allocator', 'size')
            if axis in group.axes and axis not in hidden]
  words += [f'{axis} {value}' for axis, value in group.axes.items()
            if axis in defaults and value != defaults[axis] and
            axis not in hidden]
  return ', '.join(words)


def _alike(found: list[Group]) -> frozenset[str]:
  """Axes that tell none of the groups from another."""
  values: dict[str, set[str]] = collections.defaultdict(set)
  for group in found:
    for axis, value in group.axes.items():
      values[axis].add(value)
  return frozenset(axis for axis, seen in values.items() if len(seen) == 1)


def differences(results: results_file.ResultsFile) -> list[dict[str, Any]]:
  """The rows of the dot plot."""
  rows = differing(results)[:MOST_ROWS]
  hidden = _alike(rows)
  return [{'label': label(group, results, hidden) + _failed(group),
           'layout': group.axes['layout'], 'pattern': group.axes['pattern'],
           'size': group.size,
           'copied': list(group.medians('copied_bytes').items())}
          for group in rows]


def _failed(group: Group) -> str:
  """Who is not in the comparison, in words."""
  names = [name for name, case in group.cases.items()
           if 'copied_bytes' not in case.samples]
  return f" ({', '.join(names)} failed)" if names else ''


def panels(results: results_file.ResultsFile) -> Iterator[dict[str, Any]]:
  """What each axis that varies did to copied bytes and to the fork itself."""
  for axis in results.description.axes:
    found = at_largest_size(groups(results, axis))
    values = _ordered(dict.fromkeys(
        value for group in found for value in group.cases))
    for counter in _OF_AXES:
      ranked = sorted((group for group in found if _has(group, counter)),
                      key=lambda group: _change(group, counter), reverse=True)
      noise = (results.description.counter(counter).is_time and
               ranked and _change(ranked[0], counter) < _NOISE)
      if ranked and not noise:
        chosen = ranked[:_MOST_LINES]
        hidden = _alike(found)
        yield {'axis': axis, 'values': values,
               'counter': dataclasses.asdict(
                   results.description.counter(counter)),
               'lines': [{'label': label(group, results, hidden),
                          'points': list(map(group.medians(counter).get,
                                             values))}
                         for group in chosen]}


def _has(group: Group, counter: str) -> bool:
  values = group.medians(counter).values()
  return len(values) > 1 and max(values) > 0


def _change(group: Group, counter: str) -> float:
  values = group.medians(counter).values()
  return (max(values) - min(values)) / max(values)


def _ordered(values: Iterable[str]) -> list[str]:
  """Numbers by their value, words as they were given."""
  given = list(values)
  try:
    return sorted(given, key=float)
  except ValueError:
    return given


def seed(results: results_file.ResultsFile) -> list[dict[str, Any]]:
  """The rows of the seed question's picture: words, and the share copied."""
  found: dict[tuple[str, str], Group] = {}
  for group in at_largest_size([
      Group(case.axes, descriptions.size_bytes(case.axes['size']), {'': case})
      for case in results.cases.values()
      if case.axes['size'] and 'copied_bytes' in case.samples and
      all(case.axes[axis] == usual
          for axis, usual in results.description.axes.items())]):
    found.setdefault((group.axes['layout'], group.axes['pattern']), group)
  return [{'words': words, 'size': row.axes['size'],
           'share': row.medians('copied_bytes')[''] / row.size}
          for key, words in _SEED.items() if (row := found.get(key))]


def page_size(results: results_file.ResultsFile) -> int:
  text = str(results.context.get('page_size', ''))
  return int(text) if text.isascii() and text.isdigit() and int(text) else 4096
