"""Bencher Metric Format: benchmark name -> measure -> value and its bounds.

The format has no place for units; a measure gets its unit when it is created
in Bencher. Values are bytes, seconds, faults and ratios.
"""

import itertools
from typing import Iterable, Iterator

from scripts import json_text
from scripts import metrics
from scripts import results_file
from scripts.export_formats import run as runs

# Bencher refuses longer names of benchmarks.
_LONGEST_NAME = 1024


def render(run: runs.Run) -> dict[str, Iterable[str]]:
  for name in run.results.cases:
    if len(name) > _LONGEST_NAME:
      raise results_file.BadInput(
          f'{run.results.path}: Bencher takes names of up to {_LONGEST_NAME}'
          f' characters, and a case id here has {len(name)}')
  return {'': json_text.mapping(_benchmarks(run))}


def _benchmarks(run: runs.Run) -> Iterator[tuple[str, dict]]:
  for name, members in itertools.groupby(metrics.series_of(run.results),
                                         lambda series: series.case.id):
    # A measure is found by its slug, which has dashes.
    yield name, {
        series.metric.replace('_', '-'): {
            'value': metrics.number(series.median),
            'lower_value': metrics.number(series.low),
            'upper_value': metrics.number(series.high),
        } for series in members
    }
