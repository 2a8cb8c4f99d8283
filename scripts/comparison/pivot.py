"""Compares the values of one axis in one file."""

import dataclasses
import statistics
from typing import Container, Iterator

from scripts.base import cli
from scripts.base import human
from scripts.base import tables
from scripts.comparison import comparison
from scripts.comparison import significance
from scripts.reading import description as descriptions
from scripts.reading import load
from scripts.reading import results_file

# These are always compared. Other times get a table if the median of their
# ratios is at least _MOVED.
_ALWAYS = ('copied_bytes', 'wall_time')
_MOVED = 1.5


@dataclasses.dataclass(slots=True)
class PivotRow:
  """Cases that differ only in the axis.

  Attributes:
    id: the case id with '*' for the axis.
    metric: what is compared.
    values: {value of the axis: median}.
    winner: the values of the axis with the least; empty if all are the same, or
      if it is unclear.
    ratio: largest / smallest; None if the smallest is zero.
    reason: why there is no winner.
  """
  id: str
  metric: str
  values: dict[str, float]
  winner: list[str] = dataclasses.field(default_factory=list)
  ratio: float | None = None
  reason: str = ''


_Group = dict[str, results_file.CaseResult]


def pivot(file: results_file.ResultsFile, axis: str,
          metrics: Container[str]) -> list[PivotRow]:
  """The rows of the counters in _ALWAYS and of the times that the axis changes.

  Raises:
    BadInput: there is no such axis, or no two cases differ only in it.
  """
  comparison.check_axis('--by', axis, file.description)
  groups: dict[str, _Group] = {}
  for case in file.cases.values():
    key = comparison.key_without(case, axis, file.description)
    groups.setdefault(key, {})[case.axes[axis]] = case
  rows: list[PivotRow] = []
  for metric in file.description.counters:
    if metric in metrics:
      of_metric = list(_rows(file, groups, metric))
      if metric in _ALWAYS or (file.description.counter(metric).is_time and
                               _moves(of_metric)):
        rows += of_metric
  if not rows:
    raise cli.BadInput(f'{file.path}: no two cases differ only in {axis}')
  return rows


def _moves(rows: list[PivotRow]) -> bool:
  ratios = [row.ratio for row in rows if row.ratio is not None]
  return bool(ratios) and statistics.median(ratios) >= _MOVED


def _rows(file: results_file.ResultsFile, groups: dict[str, _Group],
          metric: str) -> Iterator[PivotRow]:
  is_time = file.description.counter(metric).is_time
  rows = []
  times: list[tuple[PivotRow, significance.TimeChange,
                    significance.Samples]] = []
  for key, group in groups.items():
    samples = {value: case.samples[metric] for value, case in group.items()
               if metric in case.samples}
    if len(samples) < 2:
      continue
    values = {value: statistics.median(s) for value, s in samples.items()}
    ranked = sorted(values, key=lambda value: values[value])
    least, most = values[ranked[0]], values[ranked[-1]]
    row = PivotRow(key, metric, values, [], most / least if least else None)
    rows.append(row)
    if least == most:
      row.ratio = 1.0
      row.reason = 'all the same'
    elif not is_time:
      row.winner = [value for value in values if values[value] == least]
    elif any(load.words(file, case) for case in group.values()):
      row.reason = comparison.BUSY
    else:
      pair = samples[ranked[0]], samples[ranked[1]]
      times.append((row, significance.TimeChange.of(*pair), pair))
  significance.test([(change, pair) for _, change, pair in times])
  for row, change, _ in times:
    if min(change.repetitions) < significance.MIN_REPETITIONS:
      row.reason = f'below {significance.MIN_REPETITIONS} repetitions'
    elif change.verdict(len(groups)) == 'regressed':
      row.winner = [min(row.values, key=lambda value: row.values[value])]
    else:
      row.reason = 'too close to tell'
  yield from rows


def pivot_tables(rows: list[PivotRow], axis: str,
                 description: descriptions.Description) -> list[tables.Table]:
  """A table for each metric: the rows that differ."""
  columns = list(dict.fromkeys(value for row in rows for value in row.values))
  if axis == 'size':
    columns.sort(key=descriptions.size_bytes)
  result = []
  for metric in dict.fromkeys(row.metric for row in rows):
    unit = description.counter(metric).unit
    of_metric = [row for row in rows if row.metric == metric]
    shown = [row for row in of_metric if _differs(row)]
    cells = [[row.id, *(_cell(row, value, unit) for value in columns),
              ', '.join(row.winner) or f'- ({row.reason})',
              '-' if row.ratio is None else f'{row.ratio:.2f}x']
             for row in shown]
    title = f'{metric} by {axis}; ratio: largest / smallest'
    hidden = len(of_metric) - len(shown)
    if hidden:
      title += (f'; no difference in {hidden} of '
                f'{human.plural(len(of_metric), "row")}')
    result.append(tables.Table(title, ['case', *columns, 'winner', 'ratio'],
                               cells, folded=False))
  return result


def _differs(row: PivotRow) -> bool:
  """Whether there is a winner, or a time with too few repetitions moves."""
  return bool(row.winner) or (row.ratio or 0) >= _MOVED


def _cell(row: PivotRow, value: str, unit: str) -> str:
  if value not in row.values:
    return '-'
  mark = '*' if value in row.winner else ' '
  return human.quantity(unit, row.values[value]) + mark
