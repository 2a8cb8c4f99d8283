"""Runs for the tests of export formats and findings."""

import os
import tempfile
from typing import Any

from scripts.reading import results_file
from scripts.reading import run as runs
from scripts.testing import synthetic

# Each format must keep the worst characters of a name.
HOSTILE_NAME = ('cow/a"b\\nc\n<script>alert(1)</script>,=1+1'
                '/write/glibc/size:1MiB')

CASE = 'cow/boxed/write/glibc/size:64KiB/touch:10'


def load(content: dict[str, Any], commit: str | None = None) -> runs.Run:
  """Loads a results file with this content as a run."""
  with tempfile.TemporaryDirectory() as directory:
    path = synthetic.write(os.path.join(directory, 'results.json'), content)
    return runs.of(results_file.load(path), commit)


def results(rows: list[synthetic.Row], **context: object
            ) -> results_file.ResultsFile:
  """Loads a results file with these rows and items of the context."""
  with tempfile.TemporaryDirectory() as directory:
    return results_file.load(synthetic.write(
        os.path.join(directory, 'results.json'),
        synthetic.results(rows, **context)))


def three_repetitions() -> dict[str, Any]:
  """One case with a spread, one with a hostile name, one that failed."""
  rows = [
      synthetic.row(CASE, i, 3, copied_bytes=69632, minor_faults=17 + i,
                    amplification=4.25, fork_time=(100 + 10 * i) * 1e-6)
      for i in range(3)
  ]
  return synthetic.results([
      *rows,
      synthetic.row(HOSTILE_NAME, copied_bytes=4096),
      synthetic.failed_row('cow/array/free/jemalloc/size:1GiB', 'killed\n"9"')])
