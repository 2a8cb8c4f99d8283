"""A Grafana dashboard of the questions that a run answers, as JSON to import.

Its data source is a Prometheus with the metrics of the formats prometheus or
openmetrics. Each panel has the series of one question; a failed case is a gap
in its line.
"""

import json
import re
from typing import Any, Iterable

from scripts.base import cli
from scripts.export_formats import openmetrics
from scripts.reading import questions
from scripts.reading import run as runs

NAME = 'grafana'

_UNITS = {'bytes': 'bytes', 'seconds': 's'}
_COLUMNS = 2
_WIDTH = 24 // _COLUMNS
_HEIGHT = 8

# The user chooses it at import.
_SOURCE = {'type': 'prometheus', 'uid': '${datasource}'}


def render(run: runs.Run) -> dict[str, Iterable[str]]:
  answers = questions.answers(run.results)
  if not answers:
    raise cli.BadInput(f'{run.results.path}: no case answers a question of the '
                       'dashboard')
  dashboard = {
      'title': 'cowbench: what fork() copies',
      'uid': 'cowbench',
      'schemaVersion': 39,
      'time': {'from': 'now-90d', 'to': 'now'},
      'templating': {'list': [{
          'name': 'datasource', 'type': 'datasource', 'query': 'prometheus'}]},
      'panels': [_panel(run, answer, i) for i, answer in enumerate(answers)]}
  return {'': [json.dumps(dashboard, indent=1), '\n']}


def _panel(run: runs.Run, answer: questions.Answer, i: int) -> dict[str, Any]:
  counter = run.results.description.counter(answer.question.counter)
  axes = {axis: _distinct(case.axes[axis] for case in answer.cases)
          for axis in run.results.description.all_axes}
  varying = [axis for axis, values in axes.items() if len(values) > 1]
  return {
      'id': i + 1,
      'type': 'timeseries',
      'title': answer.question.title,
      'description': counter.meaning,
      'datasource': _SOURCE,
      'gridPos': {'x': i % _COLUMNS * _WIDTH, 'y': i // _COLUMNS * _HEIGHT,
                  'w': _WIDTH, 'h': _HEIGHT},
      'fieldConfig': {'overrides': [], 'defaults': {
          'unit': _UNITS.get(counter.unit, 'none'), 'min': 0,
          'custom': {'spanNulls': False, 'showPoints': 'always'}}},
      'targets': [{
          'refId': 'A', 'datasource': _SOURCE,
          'expr': f'{openmetrics.metric(counter)}{{{_matchers(axes)}}}',
          'legendFormat': ' '.join(f'{{{{{axis}}}}}'
                                   for axis in varying or ['layout'])}]}


def _distinct(values: Iterable[str]) -> list[str]:
  return list(dict.fromkeys(values))


def _matchers(axes: dict[str, list[str]]) -> str:
  """Matchers in PromQL for the values of each axis."""
  parts = []
  for axis, values in axes.items():
    escaped = '|'.join(map(re.escape, values))
    parts.append(f'{axis}=~"{openmetrics.escape(escaped)}"')
  return ','.join(parts)
