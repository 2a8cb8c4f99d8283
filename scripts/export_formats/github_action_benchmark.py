"""JSON for the GitHub action github-action-benchmark, customSmallerIsBetter.

Counters and times are two files, because the action has one alert threshold
for each file: counts repeat exactly and deserve a tight one, times do not.
"""

from typing import Iterable, Iterator

from scripts import json_text
from scripts import metrics
from scripts import results_file
from scripts.export_formats import run as runs

# The action converts between the time units that it knows when a unit changes,
# and prints values as they are: microseconds keep both a fork of 64 KiB and
# one of 1 GiB readable.
_TIME_UNIT = 'us'
_TIME_SCALE = 1e6


def render(run: runs.Run) -> dict[str, Iterable[str]]:
  """Contents of the two files, by the ending of their names."""
  return {
      '.counters.json': json_text.array(_rows(run, times=False)),
      '.times.json': json_text.array(_rows(run, times=True)),
  }


def _rows(run: runs.Run, times: bool) -> Iterator[dict]:
  for series in metrics.series_of(run.results):
    if (metrics.is_time(series.metric) == times and
        series.metric not in results_file.NEITHER_IS_BETTER):
      yield _row(series)


def _row(series: metrics.Series) -> dict[str, str | int | float]:
  is_time = metrics.is_time(series.metric)
  scale = _TIME_SCALE if is_time else 1
  spread = max(series.high - series.median, series.median - series.low)
  return {
      'name':
          f'{series.case.id} {series.metric}',
      'unit':
          _TIME_UNIT if is_time else metrics.unit(series.metric),
      'value':
          metrics.number(round(series.median * scale, 6)),
      'range':
          f'± {spread * scale:.6g}',
      'extra':
          (f'{metrics.meaning(series.metric)}\n'
           f'median of {len(series.samples)}, from {series.low * scale:.6g}'
           f' to {series.high * scale:.6g}'),
  }
