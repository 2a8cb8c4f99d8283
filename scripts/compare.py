"""Compares two results files of //benchmarks:cow, or cases inside one.

  bazel run //scripts:compare -- base.json head.json
  bazel run //scripts:compare -- --by=allocator results.json

Exit status: 0 the same or better; 1 regressed, which includes a case that
fails now and did not before; 2 cannot tell, which includes a removed case, or
input that cannot be used. Times with fewer than nine repetitions are shown,
but do not count; the deterministic counters alone decide then.
"""

import argparse

from scripts import cli
from scripts import comparison
from scripts import comparison_tables
from scripts import environment
from scripts import human
from scripts import json_text
from scripts import pivot
from scripts import results_file
from scripts import tables

METRICS = {
    'all': (*results_file.DETERMINISTIC_COUNTERS, *results_file.TIME_COUNTERS),
    'counters': results_file.DETERMINISTIC_COUNTERS,
    'times': results_file.TIME_COUNTERS,
}
FORMATS = ('text', 'markdown', 'json')
EXIT_STATUS = {'same': 0, 'improved': 0, 'regressed': 1, 'inconclusive': 2}


def render(result, output_format):
  """The whole comparison as text, Markdown or JSON, in parts."""
  if output_format == 'json':
    return _comparison_json(result)
  conclusion = comparison_tables.conclusion(result)
  environment_lines = comparison_tables.environment_lines(result)
  findings = comparison_tables.findings(result)
  verdicts = comparison_tables.verdicts(result)
  all_cases = comparison_tables.all_cases(result)
  if output_format == 'markdown':
    return [f'### cowbench: {tables.escape(conclusion)}\n\n',
            *(f'- {tables.escape(line)}\n' for line in environment_lines),
            tables.to_markdown([*findings, verdicts, all_cases]),
            f'\n{tables.escape(comparison_tables.LEGEND)}\n']
  # On a terminal, the end is what is seen first.
  return [*(f'{human.printable(line)}\n' for line in environment_lines),
          *map(tables.to_text, [all_cases, *reversed(findings), verdicts]),
          f'\n{comparison_tables.LEGEND}\n{conclusion}\n']


def _comparison_json(result):
  verdict = result.verdict()
  summary = {
      'verdict': verdict,
      'exit_status': EXIT_STATUS[verdict],
      'base': _file_json(result.base),
      'head': _file_json(result.head),
      'not_comparable': {key: {'base': base, 'head': head}
                         for key, (base, head)
                         in result.different_keys.items()},
      'counters_not_judged': result.foreign_counters,
  }
  return json_text.with_array(summary, 'cases', result.cases)


def _file_json(file):
  return {'path': file.path, 'cases': len(file.cases),
          'fingerprint': environment.fingerprint(file.context)}


def _render_pivot(rows, axis, output_format):
  if output_format == 'json':
    return json_text.array(rows)
  shown = pivot.pivot_tables(rows, axis)
  if output_format == 'markdown':
    return [tables.to_markdown(shown)]
  return map(tables.to_text, shown)


def main(arguments):
  """Returns the exit status."""
  parser = cli.Parser(
      'compare', description=__doc__,
      formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('files', nargs='+', metavar='file.json',
                      help='base and head; only one with --by')
  parser.add_argument('--by', choices=results_file.AXES,
                      help='compare the values of this axis inside one file')
  parser.add_argument('--across', choices=results_file.AXES,
                      help='match cases that are equal but for this axis, '
                      'such as two allocators')
  parser.add_argument('--metrics', choices=METRICS, default='all')
  parser.add_argument('--format', choices=FORMATS, default='text')
  parser.add_argument('--out', help='file to write; default: the terminal')
  options = parser.parse_args(arguments)
  expected = 1 if options.by else 2
  if len(options.files) != expected:
    parser.error(f'{expected} file(s) expected, {len(options.files)} given')
  out = cli.user_path(options.out) if options.out else None
  files = [results_file.load(cli.user_path(path)) for path in options.files]
  if options.by:
    rows = pivot.pivot(files[0], options.by)
    cli.write_output(_render_pivot(rows, options.by, options.format), out)
    return 0
  result = comparison.compare(*files, METRICS[options.metrics],
                              options.across)
  cli.write_output(render(result, options.format), out)
  return EXIT_STATUS[result.verdict()]


if __name__ == '__main__':
  cli.run('compare', main)
