"""What the axes did along which a run varies its cases."""

import dataclasses
import math
import statistics
from typing import Iterator

from scripts.base import human
from scripts.findings import cases
from scripts.reading import description as descriptions

# A time is told of where it moves by more than this.
_MOVED = 1.5

# How many values of an axis a sentence has.
_MOST_VALUES = 4


def of(run: cases.Cases) -> Iterator[cases.Sentence]:
  """A sentence for each axis that varies."""
  for axis in (*run.description.axes, 'size'):
    rows = run.rows(axis)
    measured = [[case for case in row if not case.failed]
                for row in rows]
    measured = [row for row in measured if len(row) > 1]
    if measured:
      sentence = _Axis(run, axis, rows, measured).sentence()
      if sentence is not None:
        yield sentence


@dataclasses.dataclass(frozen=True)
class _Axis:
  """The cases that differ in one axis alone."""
  run: cases.Cases
  name: str
  rows: list[list[cases.Case]]  # With the cases that failed.
  measured: list[list[cases.Case]]

  def sentence(self) -> cases.Sentence | None:
    values = self._values()
    rows = self._complete(values)
    if not rows:
      return None
    different = [row for row in rows if not self._alike(row)]
    text = f'{self.name} {", ".join(map(self._value_text, values))}: '
    alike = len(rows) - len(different)
    what = {'size': 'the share copied is',
            'children': 'copied_bytes of each are'
            }.get(self.name, 'copied_bytes are')
    text += f'{what} alike in {cases.part_of(alike, len(rows), "combination")}'
    # What differs by size are the same few pages of the allocator's.
    if different and self.name != 'size':
      row = max(different, key=self._spread)
      amounts = ' -> '.join(human.bytes_text(case.copied) for case in row)
      text += f'; {row[0].place(self.name)}, {row[0].allocator}: {amounts}'
    text += ''.join(self._times(rows))
    failed = cases.without_failed(case for row in self.rows for case in row)
    return cases.Sentence('size' if self.name == 'size' else 'axis',
                          f'{text}{failed}.',
                          [case for row in rows for case in row])

  def _values(self) -> list[str]:
    """Those that were measured; of many, some from the first to the last."""
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

  def _alike(self, row: list[cases.Case]) -> bool:
    if self.name != 'size':
      return self.run.alike(case.copied for case in row)
    share = row[-1].copied / row[-1].size
    return all(self.run.alike((share * case.size, case.copied))
               for case in row)

  def _spread(self, row: list[cases.Case]) -> float:
    least, most = cases.span(case.copied for case in row)
    return most - least

  def _times(self, rows: list[list[cases.Case]]) -> Iterator[str]:
    """What happened to the time of fork(), and to the time that moved most."""
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
    if cases.FORK_TIME in moved:
      yield f'; {cases.FORK_TIME} {moved.pop(cases.FORK_TIME)[1]}'
    # Everything takes longer where there is more.
    if moved and self.name != 'size':
      name = max(moved, key=lambda name: moved[name][0])
      if moved[name][0] >= math.log(_MOVED):
        yield f'; {name} {moved[name][1]}'


def _moved_by(ratio: float) -> str:
  """In words where a time moves by much; a size moves all of them."""
  if ratio >= _MOVED:
    return f', {cases.ratio_text(ratio)} longer'
  return (f', {cases.ratio_text(1 / ratio)} shorter' if ratio <= 1 / _MOVED
          else '')
