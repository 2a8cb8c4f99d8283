"""Runs //scripts:compare on synthetic files."""

import json
import random
from typing import Any

from scripts.testing import program
from scripts.testing import synthetic

CASE = 'cow/boxed/write/glibc/size:64KiB'
OTHER = 'cow/boxed/write/jemalloc/size:64KiB'


def timed_rows(case_id: str, wall_time: float, noise: float, seed: int,
               n: int = 9) -> list[synthetic.Row]:
  source = random.Random(seed)
  return [synthetic.row(case_id, i, n, copied_bytes=4096,
                        wall_time=source.gauss(wall_time, noise * wall_time))
          for i in range(n)]


class CompareTestCase(program.TestCase):

  PROGRAM = 'scripts/compare'

  def run_compare(self, *arguments: str) -> tuple[int, str, str]:
    """Returns (exit status, stdout, stderr)."""
    outcome = self.run_program(*arguments)
    return outcome.status, outcome.out, outcome.err

  def compare(self, base_rows: list[synthetic.Row],
              head_rows: list[synthetic.Row], *flags: str,
              head_context: dict[str, Any] | None = None
              ) -> tuple[int, dict[str, Any]]:
    """Compares rows; returns (exit status, JSON output)."""
    base = self.file('base.json', base_rows)
    head = self.file('head.json', head_rows, **(head_context or {}))
    status, stdout, stderr = self.run_compare(base, head, '--format=json',
                                              *flags)
    self.assertEqual(stderr, '')
    result = json.loads(stdout)
    self.assertEqual(result['exit_status'], status)
    return status, result

  def only_change(self, result: dict[str, Any], metric: str) -> dict[str, Any]:
    only: dict[str, Any]
    only, = (change for change in result['cases'][0]['changes']
             if change['metric'] == metric)
    return only
