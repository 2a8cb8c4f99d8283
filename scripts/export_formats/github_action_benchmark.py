"""JSON for the GitHub action github-action-benchmark, customSmallerIsBetter.

Counters and times are two files, because the action has one alert threshold
for each file: counts repeat exactly and deserve a tight one, times do not.
"""

from typing import Iterable, Iterator

from scripts.base import cli
from scripts.base import json_text
from scripts.reading import results_file
from scripts.reading import run as runs

NAME = 'github-action-benchmark'

# The action converts between the time units that it knows when a unit changes,
# and prints values as they are: microseconds keep both a fork of 64 KiB and
# one of 1 GiB readable.
_TIME_UNIT = 'us'
_TIME_SCALE = 1e6


def render(run: runs.Run) -> dict[str, Iterable[str]]:
  """Contents of the two files, by the ending of their names.

  Only those with rows: the action fails on an empty list.
  """
  # How busy the machine was is neither.
  endings = {'.counters.json': 'count', '.times.json': 'time'}
  found: dict[str, Iterable[str]] = {
      ending: json_text.array(_rows(run, kind))
      for ending, kind in endings.items() if any(_rows(run, kind))}
  if not found:
    raise cli.BadInput(f'{run.results.path}: no case has a value of which less '
                       'or more is better, and the action takes no empty file')
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
