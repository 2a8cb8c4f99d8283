"""Runs the compare program in tests, on files made up for them."""

import json
import os
import random
import subprocess
import tempfile
import unittest

from scripts.testing import synthetic

_COMPARE = os.path.abspath('scripts/compare')
_MORE_THAN_ENOUGH_SECONDS = 120

CASE = 'cow/boxed/write/glibc/size:64KiB'
OTHER = 'cow/boxed/write/jemalloc/size:64KiB'


def timed_rows(case_id, wall_time, noise, seed, n=9):
  source = random.Random(seed)
  return [synthetic.row(case_id, i, n, copied_bytes=4096,
                        wall_time=source.gauss(wall_time, noise * wall_time))
          for i in range(n)]


class CompareTestCase(unittest.TestCase):

  def setUp(self):
    super().setUp()
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.folder = folder.name

  def file(self, name, rows, **context):
    return synthetic.write(os.path.join(self.folder, name),
                           synthetic.results(rows, **context))

  def run_compare(self, *arguments, **kwargs):
    """Returns (exit status, stdout, stderr)."""
    done = subprocess.run(
        [_COMPARE, *arguments], text=True, capture_output=True, check=False,
        timeout=_MORE_THAN_ENOUGH_SECONDS,
        env=os.environ | {'BUILD_WORKING_DIRECTORY': self.folder,
                          'PYTHONIOENCODING': 'utf-8'}, **kwargs)
    return done.returncode, done.stdout, done.stderr

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

  def refused(self, *arguments, **kwargs):
    """The one line that a user's mistake gets."""
    status, stdout, stderr = self.run_compare(*arguments, **kwargs)
    self.assertEqual((status, stdout), (2, ''), stderr)
    self.assertRegex(stderr, r'\Acompare: [^\n]+\n\Z')
    return stderr
