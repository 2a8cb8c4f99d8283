"""//scripts:report as a program: what it writes, refuses and takes."""

import os
import tempfile
import unittest

from scripts.testing import program
from scripts.testing import synthetic

CASE = 'cow/boxed/write/glibc/size:64KiB'
LIBRARY = 'node_modules/echarts/dist/echarts.min.js'


class ReportTest(unittest.TestCase):

  def setUp(self):
    super().setUp()
    directory = tempfile.TemporaryDirectory()
    self.addCleanup(directory.cleanup)
    self.directory = directory.name
    self.results = synthetic.write(
        self.path('results.json'),
        synthetic.results([synthetic.row(CASE, copied_bytes=69632)]))

  def path(self, name):
    return os.path.join(self.directory, name)

  def report(self, *arguments):
    return program.run('scripts/report', *arguments, directory=self.directory)

  def need_library(self):
    if not os.path.exists(LIBRARY):
      print('SKIPPED: the chart library is not installed')
      self.skipTest('the chart library is not installed')

  def assert_refused(self, outcome, words):
    self.assertEqual(outcome.status, 2)
    self.assertEqual(outcome.out, '')
    self.assertRegex(outcome.err, rf'\Areport: [^\n]*{words}[^\n]*\n\Z')

  def test_writes_where_the_user_is_and_again(self):
    self.need_library()
    for _ in range(2):
      outcome = self.report('out.html', 'results.json')
      self.assertEqual((outcome.status, outcome.err), (0, ''))
      self.assertEqual(set(os.listdir(self.directory)),
                       {'results.json', 'out.html'})

  def test_says_how_to_get_the_chart_library(self):
    if os.path.exists(LIBRARY):
      self.skipTest('the chart library is installed')
    self.assert_refused(self.report('out.html', 'results.json'),
                        'scripts/setup --dev')

  def test_never_overwrites_its_input(self):
    with open(self.results, encoding='utf-8') as file:
      before = file.read()
    self.assert_refused(self.report('results.json', 'results.json'), '.html')
    os.symlink('results.json', self.path('link.html'))
    self.assert_refused(self.report('link.html', 'results.json'), 'results')
    with open(self.results, encoding='utf-8') as file:
      self.assertEqual(file.read(), before)

  def test_refuses_bad_input(self):
    self.need_library()
    with open(self.results, encoding='utf-8') as file:
      whole = file.read()
    bad = {
        'empty.json': '',
        'truncated.json': whole[:-9],
        'nan.json': whole.replace('69632', 'NaN'),
        'type.json': whole.replace('69632', '"many"'),
    }
    for name, text in bad.items():
      with open(self.path(name), 'w', encoding='utf-8') as file:
        file.write(text)
    os.mkfifo(self.path('pipe.json'))
    for name in (*bad, 'missing.json', 'pipe.json'):
      with self.subTest(name):
        self.assert_refused(self.report('out.html', 'results.json', name), name)
    self.assert_refused(self.report('out.html'), 'required')
    self.assert_refused(self.report('no/such.html', 'results.json'), 'no/such')
    self.assertFalse(os.path.exists(self.path('out.html')))

  def test_full_preset_is_quick_and_small(self):
    self.need_library()
    synthetic.write(self.path('full.json'), synthetic.full_preset())
    outcome = self.report('out.html', 'full.json')
    self.assertEqual(outcome.status, 0)
    self.assertLess(outcome.seconds, 2)
    self.assertLess(outcome.megabytes, 200)


if __name__ == '__main__':
  unittest.main()
