"""Compares two results files of //benchmarks:cow, the cases of one, or hosts.

  bazel run //scripts:compare -- base.json head.json
  bazel run //scripts:compare -- --by=allocator results.json
  bazel run //scripts:compare -- --by=host host1.json host2.json host3.json

Exit status: 0 the same or better; 1 regressed, which includes a new failure; 2
cannot tell, which includes a removed case, or unusable input. Times with fewer
than nine repetitions are shown but not judged: then only the deterministic
counters decide.

--by=host: the counts of hosts with the same environment must agree. Exit status:
0 all agree; 1 some disagree, or a case fails on some hosts only; 2 cannot tell.
Times are shown, not judged.
"""

from typing import Iterable

from scripts.base import cli
from scripts.base import human
from scripts.base import json_text
from scripts.base import output
from scripts.base import tables
from scripts.comparison import comparison
from scripts.comparison import comparison_tables
from scripts.comparison import hosts
from scripts.comparison import hosts_tables
from scripts.comparison import pivot
from scripts.findings import findings as findings_of
from scripts.findings import status
from scripts.reading import environment
from scripts.reading import results_file
from scripts.reading import selection

FORMATS = ('text', 'markdown', 'json')
_MOST_FINDINGS = 6
EXIT_STATUS = {'same': 0, 'improved': 0, 'regressed': 1, 'inconclusive': 2,
               'agree': 0, 'disagree': 1}
_HOST = 'host'


def render(result: comparison.Comparison, output_format: str) -> Iterable[str]:
  """The whole comparison as text, Markdown or JSON, in parts."""
  if output_format == 'json':
    return _comparison_json(result)
  return _document(
      output_format, comparison_tables.conclusion(result),
      comparison_tables.environment_lines(result),
      [*comparison_tables.findings(result), comparison_tables.verdicts(result)],
      _found_in_head(result))


def _render_hosts(result: hosts.HostComparison,
                  output_format: str) -> Iterable[str]:
  if output_format == 'json':
    return _hosts_json(result)
  return _document(output_format, hosts_tables.conclusion(result),
                   hosts_tables.environment_lines(result),
                   hosts_tables.findings(result))


def _document(output_format: str, conclusion: str, environment_lines: list[str],
              shown: list[tables.Table], more: Iterable[str] = ()
              ) -> list[str]:
  """Text, or Markdown with more lines; the last table is about all cases."""
  if output_format == 'markdown':
    return [f'### cowbench: {tables.escape(conclusion)}\n\n',
            *(f'- {tables.escape(line)}\n' for line in environment_lines),
            *more, tables.to_markdown(shown)]
  # On a terminal, readers see the end first.
  return [*(f'{human.printable(line)}\n' for line in environment_lines),
          *map(tables.to_text, [*reversed(shown[:-1]), *shown[-1:]]),
          f'\n{conclusion}\n']


def _found_in_head(result: comparison.Comparison) -> Iterable[str]:
  """How the run of head went, and its first findings."""
  how = status.of(result.head)
  lines = [how.failure_text, how.load_text,
           *(found.text for found in findings_of.findings(result.head))]
  for line in list(filter(None, lines))[:_MOST_FINDINGS]:
    yield f'- head: {tables.escape(line)}\n'


def _comparison_json(result: comparison.Comparison) -> Iterable[str]:
  verdict = result.verdict()
  summary = {
      'verdict': verdict,
      'exit_status': EXIT_STATUS[verdict],
      'base': _file_json(result.base),
      'head': _file_json(result.head),
      'not_comparable': {key: {'base': base, 'head': head}
                         for key, (base, head)
                         in result.different_keys.items()
                         if key not in result.across_keys},
      'counters_not_judged': result.foreign_counters}
  return json_text.with_array(summary, 'cases', result.cases)


def _hosts_json(result: hosts.HostComparison) -> Iterable[str]:
  verdict = result.verdict()
  summary = {
      'verdict': verdict,
      'exit_status': EXIT_STATUS[verdict],
      'hosts': {host.name: {
          'paths': [file.path for file in host.files],
          'cases': len(host.cases), 'busy': host.busy,
          'fingerprint': environment.fingerprint(host.context)}
                for host in result.hosts},
      'different_keys': result.different_keys,
      'missing': result.missing,
      'failures': result.failures}
  return json_text.with_array(summary, 'rows', result.rows)


def _file_json(file: results_file.ResultsFile) -> dict[str, object]:
  return {'path': file.path, 'cases': len(file.cases),
          'fingerprint': environment.fingerprint(file.context)}


def _render_pivot(file: results_file.ResultsFile, axis: str,
                  metrics: set[str], output_format: str) -> Iterable[str]:
  rows = pivot.pivot(file, axis, metrics)
  if output_format == 'json':
    return json_text.array(rows)
  shown = pivot.pivot_tables(rows, axis, file.description)
  if output_format == 'markdown':
    return [tables.to_markdown(shown)]
  return map(tables.to_text, shown)


def metrics_of(files: list[results_file.ResultsFile],
               metrics: str | None) -> set[str]:
  """The counters of the files that --metrics selects."""
  return {name for file in files
          for name in selection.names(file, metrics or 'all')}


def main(arguments: list[str]) -> int:
  parser = cli.Parser('compare', description=__doc__)
  parser.add_argument('files', nargs='+', metavar='FILE',
                      help='base and head; one file with --by; with --by=host '
                      'the files of all hosts')
  parser.add_argument('--by', metavar='AXIS',
                      help='compare the values of this axis in one file, such '
                      'as allocator; or, with host, the same cases on several '
                      'hosts')
  parser.add_argument('--across', metavar='AXIS',
                      help='match cases that differ only in this axis, such as '
                      'allocator; or judge counts although these parts of the '
                      'environment differ, such as kernel,mthp_enabled')
  selection.add_flags(parser)
  parser.add_argument('--format', choices=FORMATS, default='text',
                      help='default: %(default)s')
  parser.add_argument('-o', '--out', type=cli.file_name, metavar='FILE',
                      help='file to write; default: the terminal')
  options = parser.parse_args(arguments)
  expected = 2 if options.by is None else 1
  if len(options.files) != expected and options.by != _HOST:
    parser.error(f'{expected} file(s) expected, {len(options.files)} given')
  across, keys = options.across, set((options.across or '').split(','))
  if keys <= set(environment.MACHINE_KEYS):
    across = None
  if across is not None and options.by == _HOST:
    parser.error(f'--across={across}: with --by=host, name parts of the '
                 f"environment: {', '.join(environment.MACHINE_KEYS)}")
  paths = [cli.user_path(path) for path in options.files]
  out = options.out and output.path('--out', options.out, paths)
  files = [results_file.load(path) for path in paths]
  if options.by == _HOST:
    found = hosts.compare(files, metrics_of(files, options.metrics), keys,
                          options.filter)
    output.write(out, _render_hosts(found, options.format))
    return EXIT_STATUS[found.verdict()]
  files = [selection.apply(file, options.filter, None) for file in files]
  metrics = metrics_of(files, options.metrics)
  if options.by is not None:
    output.write(out, _render_pivot(files[0], options.by, metrics,
                                    options.format))
    return 0
  result = comparison.compare(files[0], files[1], metrics, across,
                              across_keys=keys)
  output.write(out, render(result, options.format))
  return EXIT_STATUS[result.verdict()]


if __name__ == '__main__':
  cli.run('compare', main)
