"""CSV in long form: a row for each repetition of each metric of each case.

One file can hold the runs of many commits and machines, so every row says which
run it belongs to. A run with another header, such as after a new axis, is
refused.
"""

import csv
import io
import itertools
from typing import Iterable, Iterator

from scripts.base import cli
from scripts.reading import description as descriptions
from scripts.reading import results_file
from scripts.reading import run as runs

NAME = 'csv'


def render(run: runs.Run) -> dict[str, Iterable[str]]:
  header = ('date', 'commit', 'host', 'kernel', 'case',
            *run.results.description.all_axes, 'size_bytes', 'metric', 'unit',
            'repetition', 'value')
  return {'': itertools.chain([_line(header) + '\n'], _rows(run))}


def _rows(run: runs.Run) -> Iterator[str]:
  origin = (run.date.isoformat(), run.commit, run.environment('host_name'),
            run.environment('kernel'))
  for case in run.results.cases.values():
    size = case.axes['size']
    # A spreadsheet can sort and compute with a number.
    size_bytes = str(descriptions.size_bytes(size)) if size else ''
    facts = _line((*origin, case.id, *case.axes.values(), size_bytes))
    for metric, samples in case.samples.items():
      unit = run.results.description.counter(metric).unit
      prefix = f'{facts},{_line((metric, unit))}'
      yield ''.join(f'{prefix},{repetition},{results_file.number(value)}\n'
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
        raise cli.BadInput(f'{history}: its first line is not {head}')
      file.seek(-1, io.SEEK_END)
      if file.read() != b'\n':
        raise cli.BadInput(
            f'{history}: the last row is incomplete; repair it first')
      file.writelines(rows.encode(errors='replace') for rows in text)
  except OSError as error:
    raise cli.BadInput(f'{history}: {error.strerror}') from error
