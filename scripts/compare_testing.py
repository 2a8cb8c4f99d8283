"""Runs the compare program in tests, on files made up for them."""

import json
import random

from scripts.testing import program
from scripts.testing import synthetic

CASE = 'cow/boxed/write/glibc/size:64KiB'
OTHER = 'cow/boxed/write/jemalloc/size:64KiB'


def timed_rows(case_id, wall_time, noise, seed, n=9):
  source = random.Random(seed)
  return [synthetic.row(case_id, i, n, copied_bytes=4096,
                        wall_time=source.gauss(wall_time, noise * wall_time))
          for i in range(n)]


class CompareTestCase(program.TestCase):

  PROGRAM = 'scripts/compare'

  def run_compare(self, *arguments):
    """Returns (exit status, stdout, stderr)."""
    outcome = self.run_program(*arguments)
    return outcome.status, outcome.out, outcome.err

  def compare(self, base_rows, head_rows, *flags, head_context=None):
    """Compares rows; returns (exit status, JSON output)."""
    base = self.file('base.json', base_rows)
    head = self.file('head.json', head_rows, **(head_context or {}))
    status, stdout, stderr = self.run_compare(base, head, '--format=json',
                                              *flags)
    self.assertEqual(stderr, '')
    result = json.loads(stdout)
    self.assertEqual(result['exit_status'], status)
    return status, result

  def only_change(self, result, metric):
    changes = [change for change in result['cases'][0]['changes']
               if change['metric'] == metric]
    self.assertEqual(len(changes), 1)
    return changes[0]
