"""CSV in long form, a row for each repetition of each metric of each case.

Runs of any number of commits and machines stand below one another in one file,
so every row says which run it belongs to. The header never changes within a
file: a file with another one is refused rather than mixed.
"""

import csv
import io

from scripts import metrics
from scripts import results_file
from scripts.export_formats import run as runs

_AXES = ('layout', 'pattern', 'allocator', 'size', 'touch', 'children',
         'writer', 'order', 'thp')
HEADER = ('date', 'commit', 'host', 'kernel', 'case', *_AXES, 'metric', 'unit',
          'repetition', 'value')


def render(run: runs.Run) -> dict[str, str]:
  out = io.StringIO()
  writer = csv.writer(out, lineterminator='\n')
  writer.writerow(HEADER)
  prefix = (run.date.isoformat(), run.commit, run.environment('host_name'),
            run.environment('kernel'))
  for series in metrics.series_of(run.results):
    axes = (series.case.axes[axis] for axis in _AXES)
    row = (*prefix, series.case.id, *axes, series.metric,
           metrics.unit(series.metric))
    for repetition, value in enumerate(series.samples):
      writer.writerow((*row, repetition, metrics.number(value)))
  return {'': out.getvalue()}


def append(history: str, text: str) -> None:
  """Adds the rows of `text`, a rendered run, to the file `history`."""
  head, _, rows = text.partition('\n')
  with open(history, 'rb+') as file:
    if file.readline().rstrip(b'\r\n') != head.encode():
      raise results_file.BadInput(
          f'{history}: not a history that begins with {head}')
    file.seek(-1, io.SEEK_END)
    if file.read() != b'\n':
      raise results_file.BadInput(
          f'{history}: the last row is cut short; mend it first')
    file.write(rows.encode(errors='replace'))
