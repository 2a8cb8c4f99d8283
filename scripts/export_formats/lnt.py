"""A report for LNT, format_version 2.

The test suite is cowbench's own, because LNT's default one has no place for
counters: a server learns it from what the format lnt-suite writes. Every
repetition is handed over; LNT does its own statistics.
"""

import itertools
from typing import Any, Iterable, Iterator

from scripts.base import cli
from scripts.base import json_text
from scripts.reading import results_file
from scripts.reading import run as runs

NAME = 'lnt'

# LNT tells machines apart by these: another kernel is another machine.
MACHINE_FIELDS = ('machine', 'cpu_model', 'kernel', 'page_size', 'memory',
                   'thp_enabled')
RUN_FIELDS = ('cowbench_version', 'compiler', 'build_mode')


def render(run: runs.Run) -> dict[str, Iterable[str]]:
  if not run.commit:
    raise cli.BadInput(f'{run.results.path}: LNT sorts runs by commit, and the '
                       'file names none; give it with --commit')
  time = run.date.strftime('%Y-%m-%dT%H:%M:%S')
  report = {
      'format_version': '2',
      'machine': {
          'name': run.environment('host_name') or 'unknown',
          **_fields(run, MACHINE_FIELDS)},
      'run': {
          'start_time': time,
          'end_time': time,
          # The field that LNT wants every suite to be ordered by.
          'llvm_project_revision': run.commit,
          **_fields(run, RUN_FIELDS),
          **_fields(run, [key for key in run.results.context
                          if key.startswith('allocator_')])}}
  return {'': json_text.with_array(report, 'tests', _tests(run))}


def _fields(run: runs.Run, keys: Iterable[str]) -> dict[str, str]:
  return {key: run.environment(key) for key in keys if run.environment(key)}


def _tests(run: runs.Run) -> Iterator[dict[str, Any]]:
  # A server refuses a report with a metric that its suite lacks.
  described = run.results.description.counters
  known = (series for series in results_file.series_of(run.results)
           if series.counter.name in described)
  for name, members in itertools.groupby(known, lambda s: s.case.id):
    yield {'name': name} | {
        series.counter.name: list(map(results_file.number, series.samples))
        for series in members}
