"""Tests of //scripts:report: its input, output and messages."""

import os
import unittest

from scripts.drawing import library
from scripts.testing import program
from scripts.testing import synthetic

CASE = 'cow/boxed/write/glibc/size:64KiB'


class ReportTest(program.TestCase):

  PROGRAM = 'scripts/report'

  def setUp(self) -> None:
    super().setUp()
    self.file('results.json', [synthetic.row(CASE, copied_bytes=69632)])

  def need_library(self) -> None:
    if not os.path.exists(library.PATH):
      print('SKIPPED: the chart library is not installed')
      self.skipTest('the chart library is not installed')

  def test_replaces_the_page_in_the_users_directory(self) -> None:
    self.need_library()
    for _ in range(2):
      outcome = self.run_program('results.json')
      self.assertEqual((outcome.status, outcome.err), (0, ''))
      self.assertEqual(set(os.listdir(self.folder)),
                       {'results.json', 'results.html'})

  def test_says_how_to_get_the_chart_library(self) -> None:
    if os.path.exists(library.PATH):
      self.skipTest('the chart library is installed')
    self.assertIn('scripts/setup --report', self.refused('results.json'))

  def test_never_overwrites_its_input(self) -> None:
    before = self.read('results.json')
    os.symlink('results.json', self.path('link.html'))
    for out in ('results.json', 'link.html'):
      self.assertIn('itself', self.refused('results.json', f'--out={out}'))
    self.assertEqual(self.read('results.json'), before)

  def test_refuses_bad_input(self) -> None:
    self.need_library()
    os.mkfifo(self.path('pipe.json'))
    for name in (*self.bad_files('results.json'), 'pipe.json'):
      with self.subTest(name):
        self.refused('results.json', name, '-o', 'out.html')
    self.assertIn('required', self.refused('--out=out.html'))
    self.assertIn('no/such', self.refused('--out=no/such.html', 'results.json'))
    self.assertFalse([name for name in os.listdir(self.folder)
                      if name.startswith('out')])

  def test_a_full_preset_needs_little_memory(self) -> None:
    self.need_library()
    synthetic.write(self.path('full.json'), synthetic.full_preset())
    outcome = self.run_program('full.json')
    self.assertEqual(outcome.status, 0)
    self.assertLess(outcome.megabytes, 200)


if __name__ == '__main__':
  unittest.main()
