"""Bencher Metric Format: benchmark name -> measure -> value and its bounds.

The format has no units; a measure gets its unit when somebody creates it in
Bencher. Values are bytes, seconds, faults and ratios.
"""

import itertools
from typing import Any, Iterable, Iterator

from scripts.base import cli
from scripts.base import json_text
from scripts.reading import results_file
from scripts.reading import run as runs

NAME = 'bencher'

# Bencher refuses longer benchmark names.
_LONGEST_NAME = 1024


def render(run: runs.Run) -> dict[str, Iterable[str]]:
  for name in run.results.cases:
    if len(name) > _LONGEST_NAME:
      raise cli.BadInput(
          f'{run.results.path}: a case id has {len(name)} characters, but '
          f'Bencher accepts at most {_LONGEST_NAME}')
  return {'': json_text.mapping(_benchmarks(run))}


def _benchmarks(run: runs.Run) -> Iterator[tuple[str, dict[str, Any]]]:
  for name, members in itertools.groupby(results_file.series_of(run.results),
                                         lambda series: series.case.id):
    # Bencher finds a measure by its slug, which has dashes.
    yield name, {series.counter.name.replace('_', '-'): {
        'value': results_file.number(series.median),
        'lower_value': results_file.number(min(series.samples)),
        'upper_value': results_file.number(max(series.samples)),
    } for series in members}
