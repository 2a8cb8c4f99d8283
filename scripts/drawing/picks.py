"""Selects the cases that the pictures show, the most important first."""

import dataclasses
from typing import Any, Iterable, Iterator

from scripts.base import human
from scripts.findings import allocators
from scripts.findings import cases
from scripts.reading import results_file

# Nobody can read a picture with more rows or lines.
_MOST_ROWS = 10
_MOST_LINES = 4

# A time that changes by a smaller share may have changed by chance; a smaller
# change of the fork tax is not worth a picture.
_NOISE = 0.5

# The counters to draw for each axis, in the order of the pictures.
_OF_AXES = (cases.COPIED, cases.FORK_TIME, cases.FORK_TAX)

# The question that this project started from: (layout, pattern) and its name in
# the picture. The picture shows those that a run has.
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

_Row = list[cases.Case]


def differences(results: results_file.ResultsFile) -> list[dict[str, Any]]:
  """The rows of the dot plot: where allocators differ, at the largest size."""
  run = cases.Cases(results)
  rows = _largest(allocators.differing(run))[:_MOST_ROWS]
  hidden = _constant_axes(rows)
  found = []
  for row in rows:
    first = row[0]
    failed = [case.allocator for case in run.all
              if case.failed and case.place() == first.place()]
    note = f" ({', '.join(failed)} failed)" if failed else ''
    found.append({
        'label': _label(first, 'allocator', hidden) + note,
        'layout': first.layout, 'pattern': first.pattern, 'size': first.size,
        'copied': [(case.allocator, case.copied) for case in row]})
  return found


def _largest(rows: Iterable[_Row]) -> list[_Row]:
  """The largest of the rows that differ only in their size, in their order."""
  rows = list(rows)
  largest: dict[Any, int] = {}
  for row in rows:
    key = _key(row[0])
    largest[key] = max(largest.get(key, 0), row[0].size)
  return [row for row in rows if row[0].size == largest[_key(row[0])]]


def _key(case: cases.Case) -> Any:
  return case.layout, case.pattern, case.allocator, case.variant


def _constant_axes(rows: Iterable[_Row]) -> set[str]:
  """The axes with the same value in all rows."""
  firsts = [row[0].result.axes for row in rows]
  return {axis for axes in firsts for axis in axes
          if len({other[axis] for other in firsts}) == 1}


def _label(case: cases.Case, but: str, hidden: set[str]) -> str:
  """The axes in which a row differs from others: 'boxed/free, touch 10'."""
  words = [f'{case.layout}/{case.pattern}']
  words += [case.result.axes[axis] for axis in ('allocator', 'size')
            if axis != but and axis not in hidden]
  words += [f'{axis} {value}' for axis, value in case.variant
            if axis != but and axis not in hidden]
  return ', '.join(words)


def panels(results: results_file.ResultsFile) -> Iterator[dict[str, Any]]:
  """The effect of each axis that varies on the counters in _OF_AXES."""
  run = cases.Cases(results)
  for axis in results.description.axes:
    rows = _largest(run.measured_rows(axis))
    values = run.values_of(axis)
    for counter in _OF_AXES:
      ranked = sorted((row for row in rows if _medians(row, counter)),
                      key=lambda row: _change(row, counter), reverse=True)
      noise = (counter != cases.COPIED and
               all(_change(row, counter) < _NOISE for row in ranked))
      if ranked and not noise:
        hidden = _constant_axes(rows)
        yield {'axis': axis, 'values': values,
               'counter': dataclasses.asdict(
                   results.description.counter(counter)),
               'lines': [{'label': _label(row[0], axis, hidden),
                          'points': _points(row, axis, values, counter)}
                         for row in ranked[:_MOST_LINES]]}


def _medians(row: _Row, counter: str) -> list[float]:
  """Empty if there is nothing to draw."""
  found = [value for case in row if (value := case.median(counter)) is not None]
  return found if len(found) > 1 and max(found) > 0 else []


def _change(row: _Row, counter: str) -> float:
  least, most = cases.span(_medians(row, counter))
  return (most - least) / most


def _points(row: _Row, axis: str, values: list[str],
            counter: str) -> list[float | None]:
  by_value = {case.result.axes[axis]: case.median(counter) for case in row}
  return [by_value.get(value) for value in values]


def seed(results: results_file.ResultsFile) -> list[dict[str, Any]]:
  """The rows of the picture of the first question: words, copied share."""
  usual = [[case] for case in cases.Cases(results).all
           if not case.failed and not case.variant]
  found: dict[tuple[str, str], cases.Case] = {}
  for case, in _largest(usual):
    found.setdefault((case.layout, case.pattern), case)
  return [{'words': words, 'size': human.bytes_text(found[key].size),
           'share': found[key].copied / found[key].size}
          for key, words in _SEED.items() if key in found]
