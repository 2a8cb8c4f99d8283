"""Converts a results file to the formats of dashboards and trackers.

  bazel run //scripts:export -- --to=FORMAT results.json [--out=FILE]

Input is the JSON that --benchmark_out writes. Without --out the text goes to
standard output. A csv file that exists is appended to.
"""

import argparse
import functools
import importlib
import os
import pkgutil
import sys
from typing import Iterable, Protocol

from scripts import export_formats
from scripts.base import cli
from scripts.base import output
from scripts.export_formats import csv_history
from scripts.export_formats import openmetrics
from scripts.reading import run as runs


class _Format(Protocol):
  """A module in export_formats, every one of which is a format."""

  NAME: str

  def render(self, run: runs.Run) -> dict[str, Iterable[str]]:
    """Texts, in parts, by the ending that their file's name gets."""


def _formats() -> dict[str, _Format]:
  modules: list[_Format] = [
      importlib.import_module(f'scripts.export_formats.{module.name}')
      for module in pkgutil.iter_modules(export_formats.__path__)
      if not module.name.endswith('_test')]
  return {module.NAME: module for module in modules}


def main(arguments: list[str]) -> int:
  """Returns the exit status."""
  formats = _formats()
  options = _parse(arguments, formats)
  render = formats[options.to].render
  if options.timestamps:
    render = functools.partial(openmetrics.render, timestamps=True)
  results = cli.user_path(options.results)
  run = runs.load(results, options.commit)
  texts = render(run)
  _write(options, results, texts)
  _warn_of_errors(run)
  return 0


def _parse(arguments: list[str], formats: Iterable[str]) -> argparse.Namespace:
  parser = cli.Parser('export', description=__doc__)
  parser.add_argument('results', metavar='results.json')
  parser.add_argument('--to', required=True, choices=formats)
  parser.add_argument('--out', metavar='FILE', type=cli.file_name,
                      help='file to write; for github-action-benchmark, what '
                      'the names of its two files begin with')
  parser.add_argument('--commit', help='commit that was measured; default: '
                      'the one that the results name')
  parser.add_argument('--timestamps', action='store_true',
                      help="openmetrics: give each sample the run's date, for "
                      'backfilling')
  options = parser.parse_args(arguments)
  if options.timestamps and options.to != 'openmetrics':
    parser.error('--timestamps goes with --to=openmetrics')
  return options


def _write(options: argparse.Namespace, results: str,
           texts: dict[str, Iterable[str]]) -> None:
  if options.out is None:
    if len(texts) > 1:
      raise cli.BadInput(
          'this format is two files; --out=PREFIX says where they go')
    output.write(None, *texts.values())
    return
  paths = [output.path('--out', options.out + ending, [results])
           for ending in texts]
  for out, text in zip(paths, texts.values()):
    if (options.to == csv_history.NAME and os.path.isfile(out) and
        os.path.getsize(out)):
      csv_history.append(out, text)
    else:
      output.write(out, text)


def _warn_of_errors(run: runs.Run) -> None:
  failed = [case for case in run.results.cases.values() if case.errors]
  if failed:
    print(f'export: {len(failed)} of {len(run.results.cases)} cases have '
          f'errors, the first: {failed[0].id!r}', file=sys.stderr)


if __name__ == '__main__':
  cli.run('export', main)
