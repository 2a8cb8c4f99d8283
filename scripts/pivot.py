"""Compares the values of one axis with each other, inside one file."""

import dataclasses
import statistics

from scripts import comparison
from scripts import human
from scripts import results_file
from scripts import significance
from scripts import tables

METRICS = ('copied_bytes', 'wall_time')


@dataclasses.dataclass
class PivotRow:
  """Cases that differ in the axis alone.

  Attributes:
    id: the case id with '*' for the axis.
    metric: what is compared.
    values: {value of the axis: median}.
    winner: the value or values with the least; empty if all are the same or
      nobody can tell.
    ratio: of the most to the least; None if the least is zero.
    reason: why there is no winner.
  """
  id: str
  metric: str
  values: dict[str, float]
  winner: list[str]
  ratio: float | None
  reason: str = ''


def pivot(file, axis):
  """Rows of every group of at least two cases.

  Raises:
    BadInput: no two cases differ in the axis alone.
  """
  groups = {}
  for case in file.cases.values():
    key = comparison.key_without(case, axis)
    groups.setdefault(key, {})[case.axes[axis]] = case
  rows = []
  for metric in METRICS:
    for key, group in groups.items():
      samples = {value: case.samples[metric] for value, case in group.items()
                 if metric in case.samples}
      if len(samples) > 1:
        rows.append(_row(key, metric, samples, len(groups)))
  if not rows:
    raise results_file.BadInput(
        f'{file.path}: no two cases differ in {axis} alone')
  return rows


def _row(key, metric, samples, groups):
  values = {value: statistics.median(s) for value, s in samples.items()}
  least, most = min(values.values()), max(values.values())
  row = PivotRow(key, metric, values, [], most / least if least > 0 else None)
  if least == most:
    row.ratio = 1.0
    row.reason = 'all the same'
  elif metric in results_file.TIME_COUNTERS:
    first, second = sorted(values, key=values.get)[:2]
    change = significance.time_change(samples[first], samples[second])
    if min(change.repetitions) < significance.MIN_REPETITIONS:
      row.reason = f'below {significance.MIN_REPETITIONS} repetitions'
    elif change.verdict(groups) == 'regressed':
      row.winner = [first]
    else:
      row.reason = 'too close to tell'
  else:
    row.winner = [value for value, v in values.items() if v == least]
  return row


def pivot_tables(rows, axis):
  """One table for each metric."""
  columns = list(dict.fromkeys(value for row in rows for value in row.values))
  if axis == 'size':
    columns.sort(key=results_file.size_bytes)
  result = []
  for metric in METRICS:
    cells = []
    for row in rows:
      if row.metric == metric:
        cells.append([row.id, *(_cell(row, value) for value in columns),
                      ', '.join(row.winner) or f'- ({row.reason})',
                      '-' if row.ratio is None else f'{row.ratio:.2f}x'])
    if cells:
      result.append(tables.Table(
          f'{metric} by {axis}; the ratio is of the most to the least',
          ['case', *columns, 'winner', 'ratio'], cells, folded=False))
  return result


def _cell(row, value):
  if value not in row.values:
    return '-'
  mark = '*' if value in row.winner else ' '
  return human.quantity(row.metric, row.values[value]) + mark
