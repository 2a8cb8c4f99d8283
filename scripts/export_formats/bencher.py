"""Bencher Metric Format: benchmark name -> measure -> value and its bounds.

The format has no place for units; a measure gets its unit when it is created
in Bencher. Values are bytes, seconds, faults and ratios.
"""

import json

from scripts import metrics
from scripts import results_file
from scripts.export_formats import run as runs

# Bencher refuses longer names of benchmarks.
_LONGEST_NAME = 1024


def render(run: runs.Run) -> dict[str, str]:
  benchmarks: dict[str, dict[str, dict[str, int | float]]] = {}
  for series in metrics.series_of(run.results):
    name = series.case.id
    if len(name) > _LONGEST_NAME:
      raise results_file.BadInput(
          f'{run.results.path}: Bencher takes names of up to {_LONGEST_NAME}'
          f' characters, and a case id here has {len(name)}')
    # A measure is found by its slug, which has dashes.
    measure = series.metric.replace('_', '-')
    benchmarks.setdefault(name, {})[measure] = {
        'value': metrics.number(series.median),
        'lower_value': metrics.number(series.low),
        'upper_value': metrics.number(series.high),
    }
  return {'': json.dumps(benchmarks, indent=1) + '\n'}
