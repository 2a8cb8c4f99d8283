"""Alternates runs of two builds, or of two sets of flags, and compares them.

  bazel run //scripts:ab -- --a=BASE/bazel-bin/benchmarks/cow \\
      --b=bazel-bin/benchmarks/cow -- --preset=smoke
  bazel run //scripts:ab -- --a=bazel-bin/benchmarks/cow \\
      --a-flags=--allocators=glibc --b-flags=--allocators=jemalloc \\
      --across=allocator --out=allocators -- --preset=smoke

If the machine becomes slower or faster, it does so for both. The order of the
two alternates: A B B A A B ...

The output directory must not exist. It gets the file of each run, a.json and
b.json with all repetitions, and the comparison of a (base) with b (head) as
text, Markdown and JSON. The exit status is that of compare.
"""

import argparse
import os
import shlex
import subprocess
import sys
from typing import Container

from scripts import compare
from scripts.base import cli
from scripts.base import output
from scripts.comparison import comparison
from scripts.comparison import significance
from scripts.reading import description as descriptions
from scripts.reading import merging
from scripts.reading import results_file
from scripts.reading import selection

# With these, a program would look for its runfiles in this script's, and both
# builds would report the commit that is checked out here.
_BAZEL_VARIABLES = (
    'BUILD_WORKING_DIRECTORY', 'BUILD_WORKSPACE_DIRECTORY', 'PYTHONPATH',
    'RUNFILES_DIR', 'RUNFILES_MANIFEST_FILE', 'RUNFILES_MANIFEST_ONLY',
    'JAVA_RUNFILES', 'PYTHON_RUNFILES')
_EXIT_CASE_FAILED = 1

_EXTENSIONS = {'text': 'txt', 'markdown': 'md', 'json': 'json'}


def measure(command: list[str], out: str) -> None:
  """Runs a suite program once and writes its results."""
  # The file also contains the cases that failed.
  _run([*command, f'--benchmark_out={out}'], (0, _EXIT_CASE_FAILED))
  if not os.path.exists(out):
    raise cli.BadInput(
        f'{shlex.join(command)}: wrote no results file; it must be a suite '
        'such as //benchmarks:cow')


def check(command: list[str], across: str | None) -> bool:
  """Checks that a program accepts its flags, without measuring.

  Returns: whether its cases have the axis `across`.
  """
  listed = _run([*command, '--benchmark_list_tests'], (0,))
  return across in (None, *descriptions.LEADING_AXES) or f'/{across}:' in listed


def _run(command: list[str], accepted: Container[int]) -> str:
  """Returns the standard output; raises BadInput for other exit statuses."""
  environment = {name: value for name, value in os.environ.items()
                 if name not in _BAZEL_VARIABLES}
  try:
    finished = subprocess.run(
        command, env=environment, text=True, errors='replace',
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, check=False)
  except (OSError, ValueError) as error:
    raise cli.BadInput(f'{command[0]}: {error}') from error
  if finished.returncode not in accepted:
    *_, said = ['no message', *finished.stderr.strip().splitlines()]
    raise cli.BadInput(f'{shlex.join(command)}: exit status '
                       f'{finished.returncode}: {said}')
  return finished.stdout


def run_in_turns(commands: dict[str, list[str]], repetitions: int,
                 folder: str) -> dict[str, list[str]]:
  """Runs every command `repetitions` times.

  Args:
    commands: {name: arguments}.
    repetitions: of each command.
    folder: gets a folder of files for each name.

  Returns: {name: paths of the files}.
  """
  paths: dict[str, list[str]] = {name: [] for name in commands}
  for name in commands:
    os.mkdir(os.path.join(folder, name))
  for i in range(repetitions):
    for name in list(commands) if i % 2 == 0 else reversed(list(commands)):
      path = os.path.join(folder, name, f'{i + 1:04}.json')
      print(f'repetition {i + 1} of {repetitions}: {name}', file=sys.stderr)
      measure(commands[name], path)
      paths[name].append(path)
  return paths


def _write_comparison(folder: str, metrics: str, across: str | None) -> int:
  """Compares a.json with b.json in `folder`; returns the exit status."""
  base, head = (results_file.load(os.path.join(folder, f'{name}.json'))
                for name in ('a', 'b'))
  names = compare.metrics_of([base, head], metrics)
  result = comparison.compare(base, head, names, across, in_turns=True)
  for output_format, extension in _EXTENSIONS.items():
    output.write(os.path.join(folder, f'comparison.{extension}'),
                 compare.render(result, output_format))
  output.write(None, compare.render(result, 'text'))
  return compare.EXIT_STATUS[result.verdict()]


def _parse(arguments: list[str]) -> argparse.Namespace:
  parser = cli.Parser('ab', description=__doc__)
  parser.add_argument('--a', required=True, metavar='PROGRAM',
                      help='the suite before the change')
  parser.add_argument('--b', metavar='PROGRAM',
                      help='the suite after the change; default: that of --a')
  parser.add_argument('--a-flags', default='', metavar='FLAGS',
                      help='flags only for A, quoted as for a shell')
  parser.add_argument('--b-flags', default='', metavar='FLAGS',
                      help='flags only for B')
  parser.add_argument('--across', metavar='AXIS',
                      help='match cases that differ only in this axis')
  # The names of the counters are unknown before the runs.
  parser.add_argument('--metrics', choices=selection.KINDS, default='all',
                      help='what to compare')
  parser.add_argument('--repetitions', type=int,
                      default=significance.MIN_REPETITIONS,
                      help='runs of each; default: %(default)s')
  parser.add_argument('-o', '--out', metavar='DIRECTORY', default='ab',
                      type=cli.file_name,
                      help='a new directory; default: %(default)s')
  parser.add_argument('flags', nargs='*', metavar='-- flags',
                      help='flags for both programs')
  options = parser.parse_args(arguments)
  if not 1 <= options.repetitions <= 1000:
    parser.error('--repetitions: a number from 1 to 1000')
  if options.b is None and options.a_flags == options.b_flags:
    parser.error('A and B are the same: give --b, --a-flags or --b-flags')
  return options


def _command(program: str, flags: list[str], own_flags: str,
             flag_name: str) -> list[str]:
  path = os.path.abspath(cli.user_path(program))
  if not os.access(path, os.X_OK) or os.path.isdir(path):
    raise cli.BadInput(f'{path}: not an executable file')
  try:
    return [path, *flags, *shlex.split(own_flags)]
  except ValueError as error:
    raise cli.BadInput(f'{flag_name}: {error}') from error


def main(arguments: list[str]) -> int:
  options = _parse(arguments)
  commands = {
      'a': _command(options.a, options.flags, options.a_flags, '--a-flags'),
      'b': _command(options.b or options.a, options.flags, options.b_flags,
                    '--b-flags')}
  # A list, because any() would stop at the first.
  if not any([check(command, options.across) for command in commands.values()]):
    raise cli.BadInput(f'--across: no case has the axis {options.across!r}')
  folder = os.path.abspath(cli.user_path(options.out))
  try:
    os.mkdir(folder)
  except OSError as error:
    raise cli.BadInput(f'--out: {folder}: {error.strerror}; name a directory '
                       'that does not exist') from error
  paths = run_in_turns(commands, options.repetitions, folder)
  for name in commands:
    output.write(os.path.join(folder, f'{name}.json'),
                 merging.merge_repetitions(paths[name]))
  return _write_comparison(folder, options.metrics, options.across)


if __name__ == '__main__':
  cli.run('ab', main)
