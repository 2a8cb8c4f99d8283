"""CSV in long form, a row for each repetition of each metric of each case.

Runs of any number of commits and machines stand below one another in one file,
so every row says which run it belongs to. The header never changes within a
file: a file with another one is refused rather than mixed.
"""

import csv
import io
import itertools
from typing import Iterable, Iterator

from scripts import metrics
from scripts import results_file
from scripts.export_formats import run as runs

_AXES = ('layout', 'pattern', 'allocator', 'size', 'touch', 'children',
         'writer', 'order', 'thp')
HEADER = ('date', 'commit', 'host', 'kernel', 'case', *_AXES, 'metric', 'unit',
          'repetition', 'value')


def render(run: runs.Run) -> dict[str, Iterable[str]]:
  return {'': itertools.chain([_line(HEADER) + '\n'], _rows(run))}


def _rows(run: runs.Run) -> Iterator[str]:
  origin = (run.date.isoformat(), run.commit, run.environment('host_name'),
            run.environment('kernel'))
  for case in run.results.cases.values():
    facts = _line((*origin, case.id, *(case.axes[axis] for axis in _AXES)))
    for metric, samples in case.samples.items():
      prefix = f'{facts},{_line((metric, metrics.unit(metric)))}'
      yield ''.join(f'{prefix},{repetition},{metrics.number(value)}\n'
                    for repetition, value in enumerate(samples))


def _line(cells: tuple[str, ...]) -> str:
  out = io.StringIO()
  csv.writer(out, lineterminator='').writerow(cells)
  return out.getvalue()


def append(history: str, text: Iterable[str]) -> None:
  """Adds the rows of `text`, a rendered run, to the file `history`."""
  text = iter(text)
  head = next(text).rstrip('\n')
  try:
    with open(history, 'rb+') as file:
      if file.readline().rstrip(b'\r\n') != head.encode():
        raise results_file.BadInput(
            f'{history}: not a history that begins with {head}')
      file.seek(-1, io.SEEK_END)
      if file.read() != b'\n':
        raise results_file.BadInput(
            f'{history}: the last row is cut short; mend it first')
      file.writelines(rows.encode(errors='replace') for rows in text)
  except OSError as error:
    raise results_file.BadInput(f'{history}: {error.strerror}') from error
