"""Compares this machine's deterministic counters with its baseline.

  bazel test //results:gate
  bazel run //results:update

Runs the smoke preset and finds the baseline with the same environment
fingerprint. Every difference fails, even an improvement: a baseline must match
the code. A machine without a baseline passes.

Exit status: 0 equal to the baseline, or there is none; 1 different; 2 the run
or the baseline is unusable.
"""

import difflib
import os
import subprocess
import sys
import tempfile

from results import baseline
from scripts.base import cli
from scripts.base import output
from scripts.base import tables
from scripts.comparison import comparison
from scripts.comparison import comparison_tables
from scripts.reading import environment
from scripts.reading import merging
from scripts.reading import results_file

_COW = 'benchmarks/cow'
_BASELINES = 'results/baselines'

# Leaves out the cases that differ by a page between builds: the seed of
# Abseil's hashes is the address of a variable (MixingHashState::kSeed), and
# decides whether the last page of a new table gets an element.
_REPEATABLE = '--benchmark_filter=-/(flat|node)_hash_map/grow/'


def run_smoke_preset(path: str) -> None:
  """Writes a results file; raises BadInput if cases fail."""
  finished = subprocess.run(
      [os.path.abspath(_COW), '--preset=smoke', _REPEATABLE,
       f'--benchmark_out={path}'],
      # All paths are absolute, so the user's directory does not matter.
      env={name: value for name, value in os.environ.items()
           if name != 'BUILD_WORKING_DIRECTORY'},
      text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
  if finished.returncode != 0:
    print(finished.stdout)
    raise cli.BadInput(
        f'{_COW} --preset=smoke: exit status {finished.returncode}')


def gate(results: results_file.ResultsFile, folder: str) -> int:
  """Compares results with their baseline; returns the exit status."""
  path = os.path.join(folder, baseline.file_name(results.context))
  if not os.path.exists(path):
    print(f'this machine has no baseline: {path} does not exist')
    for line in _nearest(results, folder):
      print(line)
    print('bazel run //results:update writes it')
    return 0
  result = comparison.compare(baseline.load(path, results.description),
                              results, results.description.of_kind('count'))
  if _unchanged(result):
    print(f'{len(result.cases)} cases equal to {path}')
    return 0
  for table in [*comparison_tables.findings(result),
                comparison_tables.verdicts(result)]:
    print(tables.to_text(table), end='')
  print(f'\nDifferent from {path}. If this is intended: '
        'bazel run //results:update')
  return 1


def _nearest(results: results_file.ResultsFile, folder: str) -> list[str]:
  """How the most similar baseline differs, if it differs only in allocators.

  Then somebody may have updated them or changed their settings.
  """
  differences: list[dict[str, tuple[str, str]]] = []
  for name in os.listdir(folder):
    other = baseline.load(os.path.join(folder, name), results.description)
    keys = other.context.keys() | environment.fingerprint(results.context)
    differences.append(
        environment.differences(other.context, results.context, sorted(keys)))
  nearest = min(differences, key=len) if differences else {}
  if not all(key.startswith('allocator_') for key in nearest):
    return []
  return [f'the nearest baseline differs in {key}: {old} -> {new}'
          for key, (old, new) in nearest.items()]


def _unchanged(result: comparison.Comparison) -> bool:
  return (all(case.status == 'both' and not case.head_errors
              for case in result.cases) and
          all(change.verdict == 'same' for _, change in result.changes()))


def update(results: results_file.ResultsFile, folder: str) -> int:
  """Writes the baseline and prints what changed; returns the exit status."""
  path = os.path.join(folder, baseline.file_name(results.context))
  new = baseline.to_text(results)
  old = ''
  if os.path.exists(path):
    with open(path, encoding='utf-8') as file:
      old = file.read()
  difference = difflib.unified_diff(
      old.splitlines(keepends=True), new.splitlines(keepends=True),
      'old', 'new', n=0)
  sys.stdout.writelines(difference)
  output.write(path, [new])
  print(f"{path}: {'unchanged' if old == new else 'written'}")
  return 0


def main(arguments: list[str]) -> int:
  parser = cli.Parser('gate', description=__doc__, package='//results')
  parser.add_argument('--update', action='store_true',
                      help='write the baseline into the source tree')
  options = parser.parse_args(arguments)
  workspace = os.environ.get('BUILD_WORKSPACE_DIRECTORY')
  if options.update and workspace is None:
    raise cli.BadInput(
        '--update: only `bazel run //results:update` knows the source tree')
  baselines = os.path.join(workspace or '', _BASELINES)
  if options.update and not os.access(baselines, os.W_OK):
    raise cli.BadInput(f'--update: {baselines} is not a writable directory')
  with tempfile.TemporaryDirectory() as folder:
    # A baseline may only have counts that repeat.
    paths = [os.path.join(folder, f'smoke{i}.json')
             for i in range(2 if options.update else 1)]
    for path in paths:
      run_smoke_preset(path)
    path = os.path.join(folder, 'all.json')
    output.write(path, merging.merge_repetitions(paths))
    results = results_file.load(path)
  if options.update:
    return update(results, baselines)
  return gate(results, _BASELINES)


if __name__ == '__main__':
  cli.run('gate', main)
