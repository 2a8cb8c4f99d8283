"""What each axis does that varies in a run."""

import dataclasses
import math
import statistics
from typing import Iterator

from scripts.base import human
from scripts.findings import cases
from scripts.reading import description as descriptions

# A time is reported if it changes by more than this factor.
_MOVED = 1.5

# A sentence names this many values of an axis at most.
_MOST_VALUES = 4


def of(run: cases.Cases) -> Iterator[cases.Sentence]:
  """A sentence for each axis that varies.

  What `touch` does is expected, so other axes come first.
  """
  for axis in sorted((*run.description.axes, 'size'),
                     key=lambda axis: axis == 'touch'):
    measured = run.measured_rows(axis)
    if measured:
      sentence = _Axis(run, axis, run.rows(axis), measured).sentence()
      if sentence is not None:
        yield sentence


@dataclasses.dataclass(frozen=True)
class _Axis:
  """The cases that differ only in one axis."""
  run: cases.Cases
  name: str
  rows: list[list[cases.Case]]  # Includes failed cases.
  measured: list[list[cases.Case]]

  def sentence(self) -> cases.Sentence | None:
    values = self._values()
    rows = self._complete(values)
    if not rows:
      return None
    different = [row for row in rows if not self._is_similar(row)]
    what, are = {'size': ('the copied share', 'is'),
                 'children': ('copied_bytes of each writer', 'are')
                 }.get(self.name, ('copied_bytes', 'are'))
    shown = [case for row in rows for case in row]
    parts = []
    if len(different) < len(rows):
      parts.append(f'{what} {are} about the same')
      if len(rows) > 1 or self.name == 'size':
        similar = cases.part_of(len(rows) - len(different), len(rows),
                                'combination')
        parts[0] += f' in {similar}'
    elif len(rows) > 1:
      parts.append(f'{what} {"differs" if are == "is" else "differ"} everywhere')
    # By size, only the share of a few pages of the allocator differs.
    if self.name != 'size' and (different or len(rows) == 1):
      rows = [max(rows, key=self._spread)]
      amounts = [human.bytes_text(case.copied) for case in rows[0]]
      parts.append(f'{rows[0][0].place(self.name)}, {rows[0][0].allocator}: '
                   + ' -> '.join(amounts if different else amounts[:1]))
    parts += self._times(rows)
    text = (f'{self.name} {", ".join(map(self._value_text, values))}: '
            + '; '.join(parts))
    failed = cases.without_failed(case for row in self.rows for case in row)
    return cases.Sentence('size' if self.name == 'size' else 'axis',
                          f'{text}{failed}.', shown)

  def _values(self) -> list[str]:
    """The measured values; of many, a few from the first to the last."""
    measured = {case.result.axes[self.name]
                for row in self.measured for case in row}
    values = [value for value in self.run.values_of(self.name)
              if value in measured]
    last = len(values) - 1
    steps = min(last, _MOST_VALUES - 1)
    return [values[round(i * last / steps)] for i in range(steps + 1)]

  def _complete(self, values: list[str]) -> list[list[cases.Case]]:
    """The rows with a case for each value, in the order of the values."""
    rows = []
    for row in self.measured:
      by_value = {case.result.axes[self.name]: case for case in row}
      if by_value.keys() >= set(values):
        rows.append([by_value[value] for value in values])
    return rows

  def _value_text(self, value: str) -> str:
    if self.name == 'size':
      return human.bytes_text(descriptions.size_bytes(value))
    return value

  def _is_similar(self, row: list[cases.Case]) -> bool:
    if self.name != 'size':
      return self.run.alike(row)
    share = row[-1].copied / row[-1].size
    return all(self.run.similar((share * case.size, case.copied))
               for case in row)

  def _spread(self, row: list[cases.Case]) -> float:
    least, most = cases.span(case.copied for case in row)
    return most - least

  def _times(self, rows: list[list[cases.Case]]) -> Iterator[str]:
    """The changes of fork_time and of the time that changed most.

    Of several rows, their medians at the largest size.
    """
    size = max(row[0].size for row in rows)
    if self.name != 'size':
      rows = [row for row in rows if row[0].size == size]
    moved: dict[str, tuple[float, str]] = {}
    for name in self.run.description.of_kind('time'):
      columns = [[value for row in rows
                  if (value := row[i].median(name)) is not None]
                 for i in range(len(rows[0]))]
      if all(columns):
        medians = [statistics.median(column) for column in columns]
        if min(medians) > 0:
          moved[name] = (abs(math.log(medians[-1] / medians[0])),
                         ' -> '.join(map(human.seconds_text, medians)) +
                         _moved_by(medians[-1] / medians[0]))
    median = 'median ' if len(rows) > 1 else ''
    if cases.FORK_TIME in moved:
      yield f'{median}{cases.FORK_TIME} {moved.pop(cases.FORK_TIME)[1]}'
    # Every time grows with the size.
    if moved and self.name != 'size':
      name = max(moved, key=lambda name: moved[name][0])
      if moved[name][0] >= math.log(_MOVED):
        yield f'{median}{name} {moved[name][1]}'


def _moved_by(ratio: float) -> str:
  """The change of a time in words, if it is large."""
  if ratio >= _MOVED:
    return f', {cases.ratio_text(ratio)} longer'
  return (f', {cases.ratio_text(1 / ratio)} shorter' if ratio <= 1 / _MOVED
          else '')
