"""//scripts:export as a program: what it writes, refuses and takes."""

import json
import os
import tempfile
import unittest

from scripts.testing import program
from scripts.testing import synthetic

FORMATS = ('github-action-benchmark', 'bencher', 'openmetrics', 'lnt', 'csv')
CASE = 'cow/boxed/write/glibc/size:64KiB'


class ExportTest(unittest.TestCase):

  def setUp(self):
    super().setUp()
    directory = tempfile.TemporaryDirectory()
    self.addCleanup(directory.cleanup)
    self.directory = directory.name
    self.make('results.json',
              synthetic.results([synthetic.row(CASE, copied_bytes=69632)]))

  def path(self, name):
    return os.path.join(self.directory, name)

  def make(self, name, content):
    return synthetic.write(self.path(name), content)

  def read(self, name):
    with open(self.path(name), encoding='utf-8') as file:
      return file.read()

  def export(self, *arguments):
    return program.run('scripts/export', *arguments, directory=self.directory)

  def assert_refused(self, outcome, words):
    self.assertEqual(outcome.status, 2)
    self.assertEqual(outcome.out, '')
    self.assertRegex(outcome.err, rf'\Aexport: [^\n]*{words}[^\n]*\n\Z')

  def test_prints_without_out(self):
    for format_name in ('bencher', 'openmetrics', 'lnt', 'csv'):
      outcome = self.export(f'--to={format_name}', 'results.json')
      self.assertEqual((outcome.status, outcome.err), (0, ''))
      self.assertIn(CASE, outcome.out)

  def test_writes_where_the_user_is(self):
    outcome = self.export('--to=bencher', 'results.json', '--out=bmf.json')
    self.assertEqual((outcome.status, outcome.out), (0, ''))
    self.assertIn(CASE, json.loads(self.read('bmf.json')))
    self.assertEqual(set(os.listdir(self.directory)),
                     {'results.json', 'bmf.json'})

  def test_github_action_benchmark_is_two_files(self):
    self.assert_refused(
        self.export('--to=github-action-benchmark', 'results.json'), '--out')
    outcome = self.export('--to=github-action-benchmark', 'results.json',
                          '--out=run')
    self.assertEqual(outcome.status, 0)
    self.assertEqual(len(json.loads(self.read('run.counters.json'))), 1)
    self.assertEqual(json.loads(self.read('run.times.json')), [])

  def test_csv_grows(self):
    for _ in range(2):
      outcome = self.export('--to=csv', 'results.json', '--out=history.csv')
      self.assertEqual(outcome.status, 0)
    self.assertEqual(len(self.read('history.csv').splitlines()), 3)
    self.make('other.csv', {})
    self.assert_refused(
        self.export('--to=csv', 'results.json', '--out=other.csv'), 'history')

  def test_commit(self):
    outcome = self.export('--to=lnt', '--commit=r17', 'results.json')
    run = json.loads(outcome.out)['run']
    self.assertEqual(run['llvm_project_revision'], 'r17')

  def test_timestamps_are_for_openmetrics(self):
    outcome = self.export('--to=openmetrics', '--timestamps', 'results.json')
    self.assertIn('} 69632.0 1773497366\n', outcome.out)
    self.assert_refused(self.export('--to=csv', '--timestamps', 'results.json'),
                        'openmetrics')

  def test_never_overwrites_its_input(self):
    before = self.read('results.json')
    os.symlink('results.json', self.path('link'))
    for out in ('results.json', 'link'):
      self.assert_refused(
          self.export('--to=bencher', 'results.json', f'--out={out}'), 'itself')
    self.assertEqual(self.read('results.json'), before)

  def test_says_that_cases_failed(self):
    self.make('failed.json',
              synthetic.results([synthetic.failed_row(CASE, 'killed')]))
    outcome = self.export('--to=bencher', 'failed.json')
    self.assertEqual(outcome.status, 0)
    self.assertRegex(outcome.err, f'1 of 1 cases.*{CASE}')

  def test_refuses_bad_input(self):
    whole = self.read('results.json')
    bad = {
        'empty.json': '',
        'truncated.json': whole[:-9],
        'nan.json': whole.replace('69632', 'NaN'),
        'type.json': whole.replace('69632', '"many"'),
        'date.json': whole.replace('2026-03-14T', 'noon '),
        'list.json': '[]',
    }
    for name, text in bad.items():
      with open(self.path(name), 'w', encoding='utf-8') as file:
        file.write(text)
    for name in (*bad, 'missing.json'):
      with self.subTest(name):
        self.assert_refused(self.export('--to=csv', name, '--out=out'), name)
    self.assert_refused(self.export('--to=xml', 'results.json'), 'xml')
    self.assert_refused(self.export(), '--to')
    self.assert_refused(
        self.export('--to=csv', 'results.json', '--out=no/such'), 'no/such')
    self.assertNotIn('out', os.listdir(self.directory))

  def test_lone_surrogates_become_question_marks(self):
    self.make(
        'odd.json',
        synthetic.results([synthetic.row(f'{CASE}\ud800', copied_bytes=1)]))
    for format_name in FORMATS:
      outcome = self.export(f'--to={format_name}', 'odd.json',
                            f'--out={format_name}')
      self.assertEqual((outcome.status, outcome.err), (0, ''))

  def test_full_preset_is_quick_and_small(self):
    self.make('full.json', synthetic.full_preset())
    for format_name in FORMATS:
      outcome = self.export(f'--to={format_name}', 'full.json',
                            f'--out={format_name}')
      self.assertEqual(outcome.status, 0)
      self.assertLess(outcome.seconds, 2)
      self.assertLess(outcome.megabytes, 200)


if __name__ == '__main__':
  unittest.main()
