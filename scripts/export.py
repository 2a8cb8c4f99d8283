"""Converts results files to the formats of dashboards and trackers.

  bazel run //scripts:export -- --format=prometheus results.json -o cow.prom
  bazel run //scripts:export -- --format=csv --filter='boxed/' results.json
  bazel run //scripts:export -- --format=github-action-benchmark a.json b.json \\
      --out=benchmark

Input is the JSON that --benchmark_out writes; - is standard input. Several
files are the shards of one run, as for //scripts:merge. Without --out the text
goes to standard output. The csv format appends to an existing file.

Formats whose consumer draws a chart for each series, such as
github-action-benchmark, get at most 50 series, which answer the questions in
README.md. --metrics removes this limit.
"""

import argparse
import dataclasses
import functools
import importlib
import os
import pkgutil
import sys
import tempfile
from typing import Iterable, Protocol

from scripts import export_formats
from scripts.base import cli
from scripts.base import output
from scripts.export_formats import csv_history
from scripts.export_formats import openmetrics
from scripts.reading import merging
from scripts.reading import questions
from scripts.reading import results_file
from scripts.reading import run as runs
from scripts.reading import selection

# Their consumers draw a chart for each series.
_CHART_PER_SERIES = ('bencher', 'github-action-benchmark')


class _Format(Protocol):
  """A module in export_formats; each module there is a format."""

  NAME: str

  def render(self, run: runs.Run) -> dict[str, Iterable[str]]:
    """{ending of the file name: text in parts}."""


def _formats() -> dict[str, _Format]:
  modules: list[_Format] = [
      importlib.import_module(f'scripts.export_formats.{module.name}')
      for module in pkgutil.iter_modules(export_formats.__path__)
      if not module.name.endswith('_test')]
  return {module.NAME: module for module in modules}


def main(arguments: list[str]) -> int:
  formats = _formats()
  options = _parse(arguments, formats)
  render = formats[options.format].render
  if options.timestamps:
    render = functools.partial(openmetrics.render, timestamps=True)
  paths = [name if name == '-' else cli.user_path(name)
           for name in options.results]
  whole = _load(paths)
  run = runs.of(_select(whole, options), options.commit)
  _write(options, paths, render(run))
  _warn_of_errors(whole)
  return 0


def _parse(arguments: list[str], formats: Iterable[str]) -> argparse.Namespace:
  parser = cli.Parser('export', description=__doc__)
  parser.add_argument('results', nargs='+', metavar='results.json')
  parser.add_argument('--format', required=True, choices=formats,
                      help='docs/ci.md describes each format')
  parser.add_argument('-o', '--out', metavar='FILE', type=cli.file_name,
                      help='file to write; for github-action-benchmark, the '
                      'prefix of its two file names')
  selection.add_flags(parser)
  parser.add_argument('--commit', help='commit that was measured; default: '
                      'that in the results')
  parser.add_argument('--timestamps', action='store_true',
                      help="openmetrics: give each sample the run's date, for "
                      'backfilling')
  options = parser.parse_args(arguments)
  if options.timestamps and options.format != openmetrics.NAME:
    parser.error('--timestamps goes with --format=openmetrics')
  if '-' in options.results and len(options.results) > 1:
    parser.error('standard input (-) cannot be one of several files')
  return options


def _load(paths: list[str]) -> results_file.ResultsFile:
  if paths == ['-']:
    return results_file.load('/dev/stdin')
  if len(paths) == 1:
    return results_file.load(paths[0])
  _, merged = merging.merge_shards(paths)
  with tempfile.NamedTemporaryFile('w', encoding='utf-8', errors='replace',
                                   suffix='.json') as file:
    file.writelines(merged)
    file.flush()
    return dataclasses.replace(results_file.load(file.name), path=paths[0])


def _select(whole: results_file.ResultsFile,
            options: argparse.Namespace) -> results_file.ResultsFile:
  chosen = selection.apply(whole, options.filter, options.metrics)
  if options.format not in _CHART_PER_SERIES or options.metrics is not None:
    return chosen
  few = questions.select(chosen)
  left_out = _count(chosen) - _count(few)
  if left_out:
    print(f'export: {_count(few)} of {_count(chosen)} series, as docs/ci.md '
          'explains; --metrics=all exports all', file=sys.stderr)
  return few


def _count(results: results_file.ResultsFile) -> int:
  return sum(len(case.samples) for case in results.cases.values())


def _write(options: argparse.Namespace, inputs: list[str],
           texts: dict[str, Iterable[str]]) -> None:
  if options.out is None:
    if '' not in texts:
      raise cli.BadInput(
          'this format writes two files; --out=PREFIX must name them')
    output.write(None, *texts.values())
    return
  paths = [output.path('--out', options.out + ending, inputs)
           for ending in texts]
  for out, text in zip(paths, texts.values()):
    if (options.format == csv_history.NAME and os.path.isfile(out) and
        os.path.getsize(out)):
      csv_history.append(out, text)
    else:
      output.write(out, text)


def _warn_of_errors(results: results_file.ResultsFile) -> None:
  failed = [case for case in results.cases.values() if case.errors]
  if failed:
    print(f'export: {len(failed)} of {len(results.cases)} cases failed and are '
          f'gaps; the first is {failed[0].id!r}', file=sys.stderr)


if __name__ == '__main__':
  cli.run('export', main)
