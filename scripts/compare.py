"""Compares two results files of //benchmarks:cow, or cases inside one.

  bazel run //scripts:compare -- base.json head.json
  bazel run //scripts:compare -- --by=allocator results.json

Exit status: 0 the same or better; 1 regressed, which includes a case that
fails now and did not before; 2 cannot tell, which includes a removed case, or
input that cannot be used. Times with fewer than nine repetitions are shown,
but do not count; the deterministic counters alone decide then.
"""

from typing import Iterable

from scripts.base import cli
from scripts.base import human
from scripts.base import json_text
from scripts.base import output
from scripts.base import tables
from scripts.comparison import comparison
from scripts.comparison import comparison_tables
from scripts.comparison import pivot
from scripts.reading import environment
from scripts.reading import results_file

# The kinds of counters that --metrics selects.
METRICS = {'all': ('count', 'time'), 'counters': ('count',), 'times': ('time',)}
FORMATS = ('text', 'markdown', 'json')
EXIT_STATUS = {'same': 0, 'improved': 0, 'regressed': 1, 'inconclusive': 2}


def render(result: comparison.Comparison, output_format: str) -> Iterable[str]:
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


def _comparison_json(result: comparison.Comparison) -> Iterable[str]:
  verdict = result.verdict()
  summary = {
      'verdict': verdict,
      'exit_status': EXIT_STATUS[verdict],
      'base': _file_json(result.base),
      'head': _file_json(result.head),
      'not_comparable': {key: {'base': base, 'head': head}
                         for key, (base, head)
                         in result.different_keys.items()},
      'counters_not_judged': result.foreign_counters}
  return json_text.with_array(summary, 'cases', result.cases)


def _file_json(file: results_file.ResultsFile) -> dict[str, object]:
  return {'path': file.path, 'cases': len(file.cases),
          'fingerprint': environment.fingerprint(file.context)}


def _render_pivot(file: results_file.ResultsFile, axis: str,
                  output_format: str) -> Iterable[str]:
  rows = pivot.pivot(file, axis)
  if output_format == 'json':
    return json_text.array(rows)
  shown = pivot.pivot_tables(rows, axis, file.description)
  if output_format == 'markdown':
    return [tables.to_markdown(shown)]
  return map(tables.to_text, shown)


def main(arguments: list[str]) -> int:
  """Returns the exit status."""
  parser = cli.Parser('compare', description=__doc__)
  parser.add_argument('files', nargs='+', metavar='file.json',
                      help='base and head; only one with --by')
  parser.add_argument('--by', metavar='AXIS',
                      help='compare the values of this axis inside one file, '
                      'such as allocator')
  parser.add_argument('--across', metavar='AXIS',
                      help='match cases that are equal but for this axis, '
                      'such as two allocators')
  parser.add_argument('--metrics', choices=METRICS, default='all')
  parser.add_argument('--format', choices=FORMATS, default='text')
  parser.add_argument('--out', type=cli.file_name,
                      help='file to write; default: the terminal')
  options = parser.parse_args(arguments)
  expected = 2 if options.by is None else 1
  if len(options.files) != expected:
    parser.error(f'{expected} file(s) expected, {len(options.files)} given')
  paths = [cli.user_path(path) for path in options.files]
  out = options.out and output.path('--out', options.out, paths)
  files = [results_file.load(path) for path in paths]
  if options.by is not None:
    output.write(out, _render_pivot(files[0], options.by, options.format))
    return 0
  result = comparison.compare(files[0], files[1], METRICS[options.metrics],
                              options.across)
  output.write(out, render(result, options.format))
  return EXIT_STATUS[result.verdict()]


if __name__ == '__main__':
  cli.run('compare', main)
