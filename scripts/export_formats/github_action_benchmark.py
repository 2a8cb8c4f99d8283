"""JSON for the GitHub action github-action-benchmark, customSmallerIsBetter.

Counters and times are separate files, because the action has one alert
threshold for each file: counts repeat exactly and allow a tight one, times do
not.
"""

from typing import Iterable, Iterator

from scripts.base import cli
from scripts.base import json_text
from scripts.reading import results_file
from scripts.reading import run as runs

NAME = 'github-action-benchmark'

# The action prints values as they are: in microseconds, both a fork of 64 KiB
# and one of 1 GiB are readable.
_TIME_UNIT = 'us'
_TIME_SCALE = 1e6


def render(run: runs.Run) -> dict[str, Iterable[str]]:
  """{ending of the file name: contents} of the files with rows.

  The action fails on an empty list.
  """
  # Counters of the kind 'load' are not exported.
  endings = {'.counters.json': 'count', '.times.json': 'time'}
  found: dict[str, Iterable[str]] = {
      ending: json_text.array(_rows(run, kind))
      for ending, kind in endings.items() if any(_rows(run, kind))}
  if not found:
    raise cli.BadInput(f'{run.results.path}: no case has a counter of which '
                       'less or more is better; the action needs one')
  return found


def _rows(run: runs.Run, kind: str) -> Iterator[dict[str, str | int | float]]:
  for series in results_file.series_of(run.results):
    if series.counter.kind == kind and series.counter.better != '':
      yield _row(series)


def _row(series: results_file.Series) -> dict[str, str | int | float]:
  counter = series.counter
  scale, unit = ((_TIME_SCALE, _TIME_UNIT) if counter.is_time else
                 (1, counter.unit))
  low, median, high = (scale * value for value in (
      min(series.samples), series.median, max(series.samples)))
  return {
      'name': f'{series.case.id} {counter.name}',
      'unit': unit,
      'value': results_file.number(round(median, 6)),
      'range': f'± {max(high - median, median - low):.6g}',
      'extra': (f'{counter.meaning}\nmedian of {len(series.samples)}, '
                f'from {low:.6g} to {high:.6g}')}
