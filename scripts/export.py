"""Turns a results file into what dashboards and trackers read.

  bazel run //scripts:export -- --to=FORMAT results.json [--out=FILE]

Input is the JSON that --benchmark_out writes. Without --out the text goes to
standard output. A csv file that exists is appended to.
"""

import argparse
import functools
import os
import sys
from typing import Callable, Iterable

from scripts import cli
from scripts import results_file
from scripts import whole_file
from scripts.export_formats import bencher
from scripts.export_formats import csv_history
from scripts.export_formats import github_action_benchmark
from scripts.export_formats import lnt
from scripts.export_formats import openmetrics
from scripts.export_formats import run as runs

# Each renders a run into texts, in parts, by the ending that their file's name
# gets.
_FORMATS: dict[str, Callable[[runs.Run], dict[str, Iterable[str]]]] = {
    'github-action-benchmark': github_action_benchmark.render,
    'bencher': bencher.render,
    'openmetrics': openmetrics.render,
    'lnt': lnt.render,
    'csv': csv_history.render,
}


def main(arguments: list[str]) -> int:
  """Returns the exit status."""
  options = _parse(arguments)
  render = _FORMATS[options.to]
  if options.timestamps:
    render = functools.partial(openmetrics.render, timestamps=True)
  run = runs.load(cli.user_path(options.results), options.commit)
  texts = render(run)
  if options.out is None:
    _print(texts)
  else:
    _write(options, texts)
  _warn_of_errors(run)
  return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
  parser = cli.Parser('export',
                      description=__doc__,
                      formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('results', metavar='results.json')
  parser.add_argument('--to', required=True, choices=_FORMATS)
  parser.add_argument(
      '--out',
      metavar='FILE',
      help='file to write; for'
      ' github-action-benchmark, what the names of its two files begin with')
  parser.add_argument('--commit',
                      help='commit that was measured, by default the one that'
                      ' the results name')
  parser.add_argument(
      '--timestamps',
      action='store_true',
      help="openmetrics: give each sample the run's date, for backfilling")
  options = parser.parse_args(arguments)
  if options.timestamps and options.to != 'openmetrics':
    parser.error('--timestamps goes with --to=openmetrics')
  return options


def _print(texts: dict[str, Iterable[str]]) -> None:
  if len(texts) > 1:
    raise results_file.BadInput(
        'this format is two files; --out=PREFIX says where they go')
  sys.stdout.writelines(*texts.values())


def _write(options: argparse.Namespace,
           texts: dict[str, Iterable[str]]) -> None:
  for ending, text in texts.items():
    out = cli.user_path(options.out + ending)
    if whole_file.same(out, cli.user_path(options.results)):
      raise results_file.BadInput(f'{out}: is the results file itself')
    if options.to == 'csv' and os.path.isfile(out) and os.path.getsize(out):
      csv_history.append(out, text)
    else:
      whole_file.write(out, text)


def _warn_of_errors(run: runs.Run) -> None:
  failed = [case for case in run.results.cases.values() if case.errors]
  if failed:
    print(
        f'export: {len(failed)} of {len(run.results.cases)} cases have'
        f' errors, the first: {failed[0].id!r}',
        file=sys.stderr)


if __name__ == '__main__':
  cli.run('export', main)
