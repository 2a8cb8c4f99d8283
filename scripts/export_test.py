"""//scripts:export as a program: what it writes, refuses and takes."""

import json
import os
import re
import unittest
from typing import Any

from scripts.testing import program
from scripts.testing import synthetic

CASE = 'cow/boxed/write/glibc/size:64KiB'


class ExportTest(program.TestCase):

  PROGRAM = 'scripts/export'

  def setUp(self) -> None:
    super().setUp()
    self.file('results.json', [synthetic.row(CASE, copied_bytes=69632)])

  def make(self, name: str, content: dict[str, Any]) -> str:
    return synthetic.write(self.path(name), content)

  def formats(self) -> list[str]:
    """The names of all formats, as the program knows them."""
    line = self.refused('--to=?', 'results.json')
    names = re.findall(r'[\w-]+', re.split('choose from|[)]', line)[1])
    self.assertIn('csv', names)
    return names

  def test_prints_without_out(self) -> None:
    for format_name in ('bencher', 'openmetrics', 'lnt', 'csv'):
      outcome = self.run_program(f'--to={format_name}', 'results.json')
      self.assertEqual((outcome.status, outcome.err), (0, ''))
      self.assertIn(CASE, outcome.out)

  def test_writes_where_the_user_is(self) -> None:
    outcome = self.run_program('--to=bencher', 'results.json', '--out=bmf.json')
    self.assertEqual((outcome.status, outcome.out), (0, ''))
    self.assertIn(CASE, json.loads(self.read('bmf.json')))
    self.assertEqual(set(os.listdir(self.folder)), {'results.json', 'bmf.json'})

  def test_github_action_benchmark_is_two_files(self) -> None:
    flags = ('--to=github-action-benchmark', 'results.json')
    self.assertIn('--out', self.refused(*flags))
    os.mkdir(self.path('run'))  # Beside it is room for the files.
    outcome = self.run_program(*flags, '--out=run')
    self.assertEqual(outcome.status, 0)
    self.assertEqual(len(json.loads(self.read('run.counters.json'))), 1)
    self.assertEqual(json.loads(self.read('run.times.json')), [])

  def test_csv_grows(self) -> None:
    flags = ('--to=csv', 'results.json')
    for _ in range(2):
      outcome = self.run_program(*flags, '--out=history.csv')
      self.assertEqual(outcome.status, 0)
    self.assertEqual(len(self.read('history.csv').splitlines()), 3)
    self.make('other.csv', {})
    self.assertIn('history', self.refused(*flags, '--out=other.csv'))

  def test_commit(self) -> None:
    outcome = self.run_program('--to=lnt', '--commit=r17', 'results.json')
    run = json.loads(outcome.out)['run']
    self.assertEqual(run['llvm_project_revision'], 'r17')

  def test_timestamps_are_for_openmetrics(self) -> None:
    flags = ('--timestamps', 'results.json')
    outcome = self.run_program('--to=openmetrics', *flags)
    self.assertIn('} 69632.0 1773497366\n', outcome.out)
    self.assertIn('openmetrics', self.refused('--to=csv', *flags))

  def test_never_overwrites_its_input(self) -> None:
    before = self.read('results.json')
    os.symlink('results.json', self.path('link'))
    for out in ('results.json', 'link'):
      self.assertIn('itself', self.refused('--to=bencher', 'results.json',
                                           f'--out={out}'))
    self.assertEqual(self.read('results.json'), before)

  def test_says_that_cases_failed(self) -> None:
    self.make('failed.json',
              synthetic.results([synthetic.failed_row(CASE, 'killed')]))
    outcome = self.run_program('--to=bencher', 'failed.json')
    self.assertEqual(outcome.status, 0)
    self.assertRegex(outcome.err, f'1 of 1 cases.*{CASE}')

  def test_refuses_bad_input(self) -> None:
    self.write('date.json',
               self.read('results.json').replace('2026-03-14T', 'noon '))
    for name in ('date.json', *self.bad_files('results.json')):
      with self.subTest(name):
        self.refused('--to=csv', name, '--out=out')
    self.assertIn('xml', self.refused('--to=xml', 'results.json'))
    self.assertIn('--to', self.refused())
    self.assertIn('no/such', self.refused('--to=csv', 'results.json',
                                          '--out=no/such'))
    self.refused('--to=csv', 'results.json', '--out=/dev/full')
    self.assertFalse([name for name in os.listdir(self.folder)
                      if name.startswith('out')])

  def test_lone_surrogates_become_question_marks(self) -> None:
    self.make(
        'odd.json',
        synthetic.results([synthetic.row(f'{CASE}\ud800', copied_bytes=1)]))
    for format_name in self.formats():
      outcome = self.run_program(f'--to={format_name}', 'odd.json',
                                 f'--out={format_name}')
      self.assertEqual((outcome.status, outcome.err), (0, ''))

  def test_a_full_preset_fits_into_the_memory(self) -> None:
    self.make('full.json', synthetic.full_preset())
    for format_name in self.formats():
      outcome = self.run_program(f'--to={format_name}', 'full.json',
                                 f'--out={format_name}')
      self.assertEqual(outcome.status, 0)
      self.assertLess(outcome.megabytes, 200)


if __name__ == '__main__':
  unittest.main()
