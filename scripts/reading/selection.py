"""The flags --filter and --metrics: which cases and counters of a file."""

import argparse
import dataclasses
import re

from scripts.base import cli
from scripts.reading import results_file

# The words that --metrics takes besides counters, and the kinds they stand for.
KINDS = {'all': ('count', 'time'), 'counters': ('count',), 'times': ('time',)}


def add_flags(parser: argparse.ArgumentParser) -> None:
  parser.add_argument('--filter', metavar='REGEX', type=_regex,
                      help='only cases whose id matches, such as '
                      "'boxed/.*size:64MiB'")
  parser.add_argument('--metrics', metavar='NAMES',
                      help='all, counters, times, or counters separated by '
                      'commas, such as copied_bytes,fork_time')


def _regex(text: str) -> re.Pattern[str]:
  try:
    return re.compile(text)
  except re.error as error:
    raise argparse.ArgumentTypeError(
        f'{text!r} is not a regular expression: {error}') from None


def apply(results: results_file.ResultsFile, wanted: re.Pattern[str] | None,
          metrics: str | None) -> results_file.ResultsFile:
  """The cases and counters that the flags select; raises BadInput for none."""
  cases = results.cases
  if wanted is not None:
    cases = {name: case for name, case in cases.items() if wanted.search(name)}
    if not cases:
      raise cli.BadInput(f'--filter: no case id in {results.path} matches '
                         f'{wanted.pattern!r}')
  if metrics is not None:
    wanted_names = names(results, metrics)
    cases = {name: case.with_counters(wanted_names)
             for name, case in cases.items()}
  return dataclasses.replace(results, cases=cases)


def names(results: results_file.ResultsFile, metrics: str) -> set[str]:
  """The counters of a file that --metrics selects; raises BadInput."""
  known = dict.fromkeys(results.description.counters)
  known |= dict.fromkeys(name for case in results.cases.values()
                         for name in case.samples)
  if metrics in KINDS:
    return {name for name in known
            if results.description.counter(name).kind in KINDS[metrics]}
  chosen = set(metrics.split(','))
  for name in chosen:
    if name not in known:
      raise cli.BadInput(
          f'--metrics: {name!r} is not a counter of {results.path}; accepted: '
          f"all, counters, times, {', '.join(known)}")
  return chosen
