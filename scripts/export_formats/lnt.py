"""A report for LNT, format_version 2.

The test suite is cowbench's own, which the format lnt-suite describes, because
LNT's default suite has no counters. The report has every repetition; LNT does
its own statistics.
"""

import itertools
from typing import Any, Iterable, Iterator

from scripts.base import cli
from scripts.base import json_text
from scripts.reading import results_file
from scripts.reading import run as runs

NAME = 'lnt'

# LNT distinguishes machines by these: another kernel is another machine.
MACHINE_FIELDS = ('machine', 'cpu_model', 'kernel', 'page_size', 'memory',
                   'thp_enabled')
RUN_FIELDS = ('cowbench_version', 'compiler', 'build_mode')


def render(run: runs.Run) -> dict[str, Iterable[str]]:
  if not run.commit:
    raise cli.BadInput(f'{run.results.path}: it names no commit, by which LNT '
                       'sorts runs; --commit gives one')
  time = run.date.strftime('%Y-%m-%dT%H:%M:%S')
  report = {
      'format_version': '2',
      'machine': {
          'name': run.environment('host_name') or 'unknown',
          **_fields(run, MACHINE_FIELDS)},
      'run': {
          'start_time': time,
          'end_time': time,
          # LNT orders the runs of every suite by this field.
          'llvm_project_revision': run.commit,
          **_fields(run, RUN_FIELDS),
          **_fields(run, [key for key in run.results.context
                          if key.startswith('allocator_')])}}
  return {'': json_text.with_array(report, 'tests', _tests(run))}


def _fields(run: runs.Run, keys: Iterable[str]) -> dict[str, str]:
  return {key: run.environment(key) for key in keys if run.environment(key)}


def _tests(run: runs.Run) -> Iterator[dict[str, Any]]:
  # A server refuses metrics that its suite lacks.
  described = run.results.description.counters
  known = (series for series in results_file.series_of(run.results)
           if series.counter.name in described)
  for name, members in itertools.groupby(known, lambda s: s.case.id):
    yield {'name': name} | {
        series.counter.name: list(map(results_file.number, series.samples))
        for series in members}
