"""Prints what a run found, in at most twenty lines.

  bazel run //scripts:summary -- cow.json
  bazel run //scripts:summary -- cow.json --format=markdown -o summary.md

Failures come first, then what was run and whether the machine was busy, then
the findings. Each run of a suite ends with this summary.
"""

import argparse
import shlex
import textwrap

from scripts.base import cli
from scripts.base import human
from scripts.base import output
from scripts.base import tables
from scripts.drawing import library
from scripts.findings import findings
from scripts.findings import status
from scripts.reading import results_file
from scripts.reading import selection

_MOST_LINES = 20
_WIDTH = 80
_MOST_REASONS = 3


def head(how: status.Status, took: float | None) -> list[str]:
  """How the run went: failures first."""
  lines = [how.failure_text] if how.failures else []
  lines += [failure.text for failure in how.failures[:_MOST_REASONS]]
  others = len(how.failures) - _MOST_REASONS
  if others > 0:
    lines.append(f'{human.plural(others, "other reason")}.')
  measured = human.plural(how.cases - how.failed, 'case')
  within = f' in {_duration(took)}' if took is not None else ''
  times = ('once each' if how.repetitions == 1
           else f'{how.repetitions} times each')
  if how.cases > how.failed:
    lines.append(', '.join(filter(None, (
        f'{measured} measured{within}, {times}', how.machine))) + '.')
  return [*lines, *filter(None, [how.load_text])]


def _duration(seconds: float) -> str:
  if seconds < 60:
    return f'{seconds:.0f} s' if seconds >= 10 else f'{seconds:.1f} s'
  minutes, rest = divmod(round(seconds), 60)
  hours, minutes = divmod(minutes, 60)
  return f'{hours} h {minutes} min' if hours else f'{minutes} min {rest} s'


def tail(path: str) -> list[str]:
  """Where the results are, and what to do with them."""
  if not path:
    return ['The results are not saved; --benchmark_out=FILE.json saves them.']
  setup = '' if library.is_installed() else 'scripts/setup --report && '
  return [f'Results: {path}',
          f'Next:    {setup}bazel run //scripts:report -- {shlex.quote(path)}']


def text(results: results_file.ResultsFile, took: float | None,
         path: str) -> str:
  """The summary for a terminal."""
  begin = [line for paragraph in head(status.of(results), took)
           for line in _fill(paragraph)]
  end = tail(path)
  found = findings.findings(results)
  room = _MOST_LINES - len(begin) - len(end) - 1
  chosen = _select(found, room)
  if len(chosen) < len(found):
    chosen = _select(found, room - 1)
    left = human.plural(len(found) - len(chosen), 'more finding')
    end.insert(0, f'{left}: see the report, or //scripts:summary with '
                  '--format=markdown')
  middle = [line for each in chosen for line in _fill(each.text, '- ')]
  return '\n'.join([*begin, *middle, '', *end]) + '\n'


def _fill(paragraph: str, bullet: str = '') -> list[str]:
  lines = textwrap.wrap(
      human.joined_units(paragraph), _WIDTH, initial_indent=bullet,
      subsequent_indent='  ', break_long_words=False, break_on_hyphens=False)
  return [line.replace('\xa0', ' ') for line in lines]


def _select(found: list[findings.Finding], room: int) -> list[findings.Finding]:
  """The findings that fit into `room` lines; each kind comes once first."""
  kinds = [each.kind for each in found]

  def importance(i: int) -> int:
    # The table counts similar rows, and most sizes are similar.
    is_last = kinds[i] == 'similar' or kinds[i] == 'size' and i > 0
    return kinds[:i].count(kinds[i]) + (len(found) if is_last else 0)

  chosen = []
  for i in sorted(range(len(found)), key=importance):
    lines = len(_fill(found[i].text, '- '))
    if lines <= room:
      room -= lines
      chosen.append(found[i])
  return sorted(chosen, key=lambda each: each.rank)


def markdown(results: results_file.ResultsFile, path: str) -> str:
  """The summary, with all findings, for a job's page or a comment."""
  lines = [f'### cowbench: {tables.escape(path)}\n']
  lines += [f'{tables.escape(line)}\n'
            for line in head(status.of(results), None)]
  lines += [f'- {tables.escape(found.text)}'
            for found in findings.findings(results)]
  return '\n'.join(lines) + '\n'


def main(arguments: list[str]) -> int:
  parser = cli.Parser('summary', description=__doc__)
  parser.add_argument('files', nargs='+', metavar='FILE',
                      help='a file that --benchmark_out wrote')
  selection.add_flags(parser)
  parser.add_argument('--format', choices=('text', 'markdown'), default='text',
                      help='default: %(default)s')
  parser.add_argument('-o', '--out', type=cli.file_name, metavar='FILE',
                      help='file to write; default: the terminal')
  # The suites pass these; the results do not contain them.
  parser.add_argument('--took', type=float, help=argparse.SUPPRESS)
  parser.add_argument('--kept-in', help=argparse.SUPPRESS)
  options = parser.parse_args(arguments)
  paths = [cli.user_path(path) for path in options.files]
  out = options.out and output.path('--out', options.out, paths)
  parts = []
  for name, path in zip(options.files, paths):
    results = selection.apply(results_file.load(path), options.filter,
                              options.metrics)
    kept = name if options.kept_in is None else options.kept_in
    parts.append(markdown(results, kept) if options.format == 'markdown'
                 else text(results, options.took, kept))
  output.write(out, ['\n'.join(parts)])
  return 0


if __name__ == '__main__':
  cli.run('summary', main)
