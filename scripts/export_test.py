"""Tests of //scripts:export: its input, output and messages."""

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
    """The names of all formats that the program accepts."""
    line = self.refused('--format=?', 'results.json')
    names = re.findall(r'[\w-]+', re.split('choose from|[)]', line)[1])
    self.assertIn('csv', names)
    return names

  def test_prints_without_out(self) -> None:
    for format_name in ('bencher', 'openmetrics', 'lnt', 'csv'):
      outcome = self.run_program(f'--format={format_name}', 'results.json')
      self.assertEqual((outcome.status, outcome.err), (0, ''))
      self.assertIn(CASE, outcome.out)

  def test_out_is_relative_to_the_users_directory(self) -> None:
    outcome = self.run_program('--format=bencher', 'results.json', '--out=bmf.json')
    self.assertEqual((outcome.status, outcome.out), (0, ''))
    self.assertIn(CASE, json.loads(self.read('bmf.json')))
    self.assertEqual(set(os.listdir(self.folder)), {'results.json', 'bmf.json'})

  def test_github_action_benchmark_is_two_files(self) -> None:
    flags = ('--format=github-action-benchmark', 'results.json')
    self.assertIn('--out', self.refused(*flags))
    os.mkdir(self.path('run'))  # Beside it is room for the files.
    outcome = self.run_program(*flags, '--out=run')
    self.assertEqual(outcome.status, 0)
    self.assertEqual(len(json.loads(self.read('run.counters.json'))), 1)
    # The action fails on a file without rows.
    self.assertFalse(os.path.exists(self.path('run.times.json')))
    self.assertIn('no case', self.refused(*flags, '--metrics=fork_time',
                                          '--out=run'))

  def test_csv_appends(self) -> None:
    flags = ('--format=csv', 'results.json')
    for _ in range(2):
      outcome = self.run_program(*flags, '--out=history.csv')
      self.assertEqual(outcome.status, 0)
    self.assertEqual(len(self.read('history.csv').splitlines()), 3)
    self.make('other.csv', {})
    self.assertIn('first line', self.refused(*flags, '--out=other.csv'))

  def test_accepts_shards_and_standard_input(self) -> None:
    self.file('more.json', [synthetic.row(CASE.replace('write', 'read'),
                                          copied_bytes=0)])
    whole = self.run_program('--format=bencher', 'results.json', 'more.json')
    self.assertEqual((whole.status, whole.err), (0, ''))
    self.assertEqual(set(json.loads(whole.out)),
                     {CASE, CASE.replace('write', 'read')})
    self.assertIn('also appears', self.refused('--format=bencher',
                                               'results.json', 'results.json'))
    alone = self.run_program('--format=bencher', 'results.json')
    piped = self.run_program('--format=bencher', '-',
                             stdin=self.path('results.json'))
    self.assertEqual((piped.status, piped.out), (0, alone.out))
    self.assertIn('(-)', self.refused('--format=csv', '-', 'results.json'))

  def test_filter_and_metrics(self) -> None:
    self.file('results.json', [
        synthetic.row(CASE, copied_bytes=1, minor_faults=2, fork_time=3),
        synthetic.row(CASE.replace('boxed', 'array'), copied_bytes=4)])
    flags = ('--format=csv', 'results.json')
    for more, expected in (
        ((), [1, 2, 3, 4]), (('--metrics=all',), [1, 2, 3, 4]),
        (('--metrics=counters',), [1, 2, 4]), (('--metrics=times',), [3]),
        (('--metrics=minor_faults,fork_time',), [2, 3]),
        (('--filter=array|list',), [4]),
        (('--filter=boxed/.*64KiB$', '--metrics=copied_bytes'), [1])):
      rows = self.run_program(*flags, *more).out.splitlines()[1:]
      self.assertEqual([int(row.rpartition(',')[2]) for row in rows], expected)
    self.assertIn('--filter', self.refused(*flags, '--filter=none'))
    self.assertIn('regular', self.refused(*flags, '--filter=('))
    self.assertRegex(self.refused(*flags, '--metrics=fork'),
                     "--metrics: 'fork'.*fork_time")

  def test_formats_with_charts_have_at_most_fifty_series(self) -> None:
    self.make('full.json', synthetic.full_preset())
    flags = ('--format=github-action-benchmark', 'full.json')
    few = self.run_program(*flags, '--out=few')
    self.assertRegex(few.err, r'\Aexport: \d+ of \d+ series, .*--metrics=all')
    names = [row['name'] for part in ('counters', 'times')
             for row in json.loads(self.read(f'few.{part}.json'))]
    self.assertLessEqual(len(names), 50)
    self.assertIn('cow/boxed/free/jemalloc/size:256MiB copied_bytes', names)
    self.assertIn('cow/array/idle/glibc/size:256MiB fork_time', names)
    everything = self.run_program(*flags, '--out=all', '--metrics=all')
    self.assertEqual(everything.err, '')
    self.assertGreater(len(json.loads(self.read('all.counters.json'))), 50000)

  def test_failed_cases_are_gaps(self) -> None:
    other = 'cow/boxed/free/glibc/size:64KiB'
    self.make('failed.json', synthetic.results([
        synthetic.failed_row(other, 'killed'),
        synthetic.row(CASE, copied_bytes=7)]))
    for format_name in self.formats():
      if format_name in ('lnt-suite', 'grafana'):
        continue  # They hold no values.
      outcome = self.run_program(f'--format={format_name}', 'failed.json',
                                 f'--out={format_name}')
      self.assertEqual(outcome.status, 0)
      ending = ('.counters.json' if format_name == 'github-action-benchmark'
                else '')
      text = self.read(format_name + ending)
      self.assertIn(CASE, text)
      lines = [line for line in text.splitlines() if other in line]
      # Only the metric about failures names it.
      self.assertFalse([line for line in lines
                        if 'failed_repetitions' not in line], format_name)

  def test_commit(self) -> None:
    outcome = self.run_program('--format=lnt', '--commit=r17', 'results.json')
    run = json.loads(outcome.out)['run']
    self.assertEqual(run['llvm_project_revision'], 'r17')

  def test_timestamps_are_for_openmetrics(self) -> None:
    flags = ('--timestamps', 'results.json')
    outcome = self.run_program('--format=openmetrics', *flags)
    self.assertIn('} 69632.0 1773497366\n', outcome.out)
    self.assertIn('openmetrics', self.refused('--format=csv', *flags))

  def test_never_overwrites_its_input(self) -> None:
    before = self.read('results.json')
    os.symlink('results.json', self.path('link'))
    for out in ('results.json', 'link'):
      self.assertIn('itself', self.refused('--format=bencher', 'results.json',
                                           f'--out={out}'))
    self.assertEqual(self.read('results.json'), before)

  def test_says_that_cases_failed(self) -> None:
    self.make('failed.json',
              synthetic.results([synthetic.failed_row(CASE, 'killed')]))
    outcome = self.run_program('--format=bencher', 'failed.json')
    self.assertEqual(outcome.status, 0)
    self.assertRegex(outcome.err, f'1 of 1 cases.*{CASE}')

  def test_refuses_bad_input(self) -> None:
    self.write('date.json',
               self.read('results.json').replace('2026-03-14T', 'noon '))
    for name in ('date.json', *self.bad_files('results.json')):
      with self.subTest(name):
        self.refused('--format=csv', name, '--out=out')
    self.assertIn('xml', self.refused('--format=xml', 'results.json'))
    self.assertIn('--format', self.refused('results.json'))
    self.assertIn('no/such', self.refused('--format=csv', 'results.json',
                                          '--out=no/such'))
    self.refused('--format=csv', 'results.json', '--out=/dev/full')
    self.assertFalse([name for name in os.listdir(self.folder)
                      if name.startswith('out')])

  def test_lone_surrogates_become_question_marks(self) -> None:
    self.make(
        'odd.json',
        synthetic.results([synthetic.row('cow/boxed/free/\ud800/size:64KiB',
                                         copied_bytes=1)]))
    for format_name in self.formats():
      outcome = self.run_program(f'--format={format_name}', 'odd.json',
                                 f'--out={format_name}')
      self.assertEqual((outcome.status, outcome.err), (0, ''))

  def test_a_full_preset_needs_little_memory(self) -> None:
    self.make('full.json', synthetic.full_preset())
    for format_name in self.formats():
      outcome = self.run_program(f'--format={format_name}', 'full.json',
                                 f'--out={format_name}')
      self.assertEqual(outcome.status, 0)
      self.assertLess(outcome.megabytes, 200)


if __name__ == '__main__':
  unittest.main()
