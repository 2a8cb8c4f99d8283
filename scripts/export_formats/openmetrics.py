"""OpenMetrics text: a gauge for each metric, and the run in an info metric.

Prometheus scrapes the text without timestamps. With timestamps, each sample has
the date of the run, for backfilling (promtool tsdb create-blocks-from
openmetrics).
"""

import re
from typing import Callable, Iterable, Iterator

from scripts.reading import description as descriptions
from scripts.reading import environment
from scripts.reading import results_file
from scripts.reading import run as runs

NAME = 'openmetrics'

_PREFIX = 'cowbench_'

# Context items that become labels of the run's info metric, besides commit.
_INFO = ('cowbench_version', 'machine', 'cpu_model', 'kernel', 'page_size',
         'thp_enabled', 'compiler', 'build_mode')


def render(run: runs.Run, timestamps: bool = False) -> dict[str, Iterable[str]]:
  stamp = f' {run.date.timestamp():.0f}' if timestamps else ''
  return {'': (f'{line}\n'
               for line in (*lines(run, stamp, _head), '# EOF'))}


def _head(name: str, kind: str, unit: str, help_text: str) -> Iterator[str]:
  yield f'# TYPE {name} {kind}'
  if unit:
    yield f'# UNIT {name} {unit}'
  yield f'# HELP {name} {escape(help_text)}'


# Writes the comments before the samples of a metric.
Head = Callable[[str, str, str, str], Iterator[str]]


def lines(run: runs.Run, stamp: str, head: Head) -> Iterator[str]:
  """The lines of all metrics; `stamp` ends each sample."""
  labels = {case.id: _labels(_case_labels(case))
            for case in run.results.cases.values()}
  yield from _info(run, stamp, head)
  # Failed cases have no samples; this metric shows them.
  name = f'{_PREFIX}failed_repetitions'
  yield from head(name, 'gauge', '',
                  'Repetitions of the case that ended in an error.')
  for case in run.results.cases.values():
    yield f'{name}{labels[case.id]} {len(case.errors)}{stamp}'
  # The specification wants all samples of a metric together, but a file has all
  # metrics of a case together.
  families: dict[descriptions.Counter, list[results_file.Series]] = {}
  for series in results_file.series_of(run.results):
    families.setdefault(series.counter, []).append(series)
  for counter, members in families.items():
    name = metric(counter)
    yield from head(name, 'gauge', _unit(counter), counter.meaning)
    for series in members:
      yield f'{name}{labels[series.case.id]} {series.median!r}{stamp}'


def _info(run: runs.Run, stamp: str, head: Head) -> Iterator[str]:
  labels = {'commit': run.commit} | {key: run.environment(key) for key in _INFO}
  yield from head(f'{_PREFIX}run', 'info', '',
                  'The commit and the environment of the run.')
  yield f'{_PREFIX}run_info{_labels(labels)} 1{stamp}'
  # A query joins it by the label `allocator`. The name is a label's value, not
  # its name, because it may have any character.
  yield from head(f'{_PREFIX}allocator', 'info', '',
                  'The version and the settings of an allocator.')
  for name, facts in environment.allocators(run.results.context).items():
    labels = {'allocator': name, 'version': facts[0], 'settings': facts[1]}
    yield f'{_PREFIX}allocator_info{_labels(labels)} 1{stamp}'


def metric(counter: descriptions.Counter) -> str:
  """The name of a metric ends in its unit: fork_time -> fork_time_seconds."""
  base = _PREFIX + re.sub(r'[^a-zA-Z0-9_]', '_', counter.name)
  unit = _unit(counter)
  return base if not unit or base.endswith(f'_{unit}') else f'{base}_{unit}'


def _unit(counter: descriptions.Counter) -> str:
  """'' for plain numbers: the ending _count belongs to histograms."""
  return '' if counter.unit == 'count' else counter.unit


def _case_labels(case: results_file.CaseResult) -> dict[str, str]:
  labels = {'case': case.id, **case.axes}
  if case.axes['size']:
    # A dashboard can sort and compute with a number.
    labels['size_bytes'] = str(descriptions.size_bytes(case.axes['size']))
  return labels


def _labels(labels: dict[str, str]) -> str:
  pairs = ','.join(f'{key}="{escape(value)}"' for key, value in labels.items()
                   if value)  # An empty label is no label.
  return f'{{{pairs}}}'


def escape(text: str) -> str:
  return (text.replace('\\', '\\\\').replace('\n', '\\n').replace('"', '\\"'))
