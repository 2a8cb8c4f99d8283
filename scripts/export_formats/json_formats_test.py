"""Compares the JSON formats with the documentation of their consumers."""

import json
import numbers
import re
import unittest

from scripts.base import cli
from scripts.export_formats import bencher
from scripts.export_formats import github_action_benchmark
from scripts.export_formats import lnt
from scripts.export_formats import lnt_suite
from scripts.testing import runs as fixtures
from scripts.testing import synthetic


class GithubActionBenchmarkTest(unittest.TestCase):

  def setUp(self) -> None:
    super().setUp()
    run = fixtures.load(fixtures.three_repetitions())
    self.files = {
        ending: json.loads(''.join(text))
        for ending, text in github_action_benchmark.render(run).items()}

  def test_follows_the_schema(self) -> None:
    self.assertEqual(set(self.files), {'.counters.json', '.times.json'})
    for rows in self.files.values():
      self.assertIsInstance(rows, list)
      self.assertTrue(rows)
      for row in rows:
        self.assertEqual(set(row), {'name', 'unit', 'value', 'range', 'extra'})
        self.assertIsInstance(row['value'], numbers.Real)
        for key in ('name', 'unit', 'range', 'extra'):
          self.assertIsInstance(row[key], str)
        # The action scales a range in this notation with its value.
        self.assertRegex(row['range'], r'^± [0-9.e+-]+$')
      names = [row['name'] for row in rows]
      self.assertEqual(len(names), len(set(names)))

  def test_times_and_counters_are_separate(self) -> None:
    self.assertEqual({row['unit'] for row in self.files['.times.json']}, {'us'})
    self.assertEqual({row['unit'] for row in self.files['.counters.json']},
                     {'bytes', 'faults', 'ratio'})

  def test_values(self) -> None:
    rows = {row['name']: row for rows in self.files.values() for row in rows}
    time = rows[f'{fixtures.CASE} fork_time']
    self.assertEqual((time['value'], time['range']), (110, '± 10'))
    self.assertIn('median of 3, from 100 to 120', time['extra'])
    copied = rows[f'{fixtures.CASE} copied_bytes']
    self.assertEqual((copied['value'], copied['range']), (69632, '± 0'))
    self.assertIn(f'{fixtures.HOSTILE_NAME} copied_bytes', rows)

  def test_counters_without_a_better_direction_are_left_out(self) -> None:
    content = fixtures.three_repetitions()
    content['benchmarks'][0] |= {'huge_bytes': 2**21, 'copied_page_time': 3e-7,
                                 'copied_metadata_bytes': 4096,
                                 'other_tasks': 1.5}
    files = github_action_benchmark.render(fixtures.load(content))
    units = {row['name'].split()[-1]: row['unit']
             for text in files.values() for row in json.loads(''.join(text))}
    self.assertNotIn('huge_bytes', units)
    self.assertNotIn('other_tasks', units)
    self.assertEqual(units['copied_page_time'], 'us')
    self.assertEqual(units['copied_metadata_bytes'], 'bytes')


class BencherTest(unittest.TestCase):

  def setUp(self) -> None:
    super().setUp()
    run = fixtures.load(fixtures.three_repetitions())
    self.report = json.loads(''.join(bencher.render(run)['']))

  def test_follows_the_schema(self) -> None:
    self.assertIsInstance(self.report, dict)
    for name, measures in self.report.items():
      self.assertTrue(0 < len(name) <= 1024)
      self.assertTrue(measures)
      for measure, metric in measures.items():
        self.assertTrue(re.fullmatch(r'[a-z0-9]+(-[a-z0-9]+)*', measure))
        self.assertLessEqual(len(measure), 64)
        self.assertEqual(set(metric), {'value', 'lower_value', 'upper_value'})
        for value in metric.values():
          self.assertIsInstance(value, numbers.Real)

  def test_values(self) -> None:
    self.assertEqual(self.report[fixtures.CASE]['minor-faults'],
                     {'value': 18, 'lower_value': 17, 'upper_value': 19})
    self.assertIn(fixtures.HOSTILE_NAME, self.report)

  def test_refuses_names_that_bencher_refuses(self) -> None:
    content = fixtures.three_repetitions()
    name = f'cow/{"x" * 1024}/write/glibc/size:1MiB'
    content['benchmarks'].append(synthetic.row(name, copied_bytes=1))
    with self.assertRaisesRegex(cli.BadInput, 'at most 1024'):
      bencher.render(fixtures.load(content))


class LntTest(unittest.TestCase):

  def setUp(self) -> None:
    super().setUp()
    run = fixtures.load(fixtures.three_repetitions())
    self.report = json.loads(''.join(lnt.render(run)['']))

  def test_follows_the_schema(self) -> None:
    self.assertEqual(set(self.report),
                     {'format_version', 'machine', 'run', 'tests'})
    self.assertEqual(self.report['format_version'], '2')
    for part in ('machine', 'run'):
      for key, value in self.report[part].items():
        self.assertIsInstance(value, str, key)
    self.assertEqual(self.report['machine']['name'], 'builder')
    # The context says 15:09:26+01:00; LNT takes no offset.
    self.assertEqual(self.report['run']['start_time'], '2026-03-14T14:09:26')
    self.assertEqual(self.report['run']['end_time'], '2026-03-14T14:09:26')
    self.assertEqual(self.report['run']['llvm_project_revision'],
                     synthetic.CONTEXT['git_commit'])
    names = [test['name'] for test in self.report['tests']]
    self.assertEqual(names, [fixtures.CASE, fixtures.HOSTILE_NAME])
    for test in self.report['tests']:
      for key, samples in test.items():
        if key != 'name':
          self.assertTrue(all(isinstance(s, numbers.Real) for s in samples))

  def test_repetitions_are_samples(self) -> None:
    self.assertEqual(self.report['tests'][0]['minor_faults'], [17, 18, 19])

  def test_the_suite_declares_all_fields_of_reports(self) -> None:
    run = fixtures.load(fixtures.three_repetitions())
    suite = json.loads(''.join(lnt_suite.render(run)['']))
    names = {section: [entry['name'] for entry in suite[section]]
             for section in ('metrics', 'run_fields', 'machine_fields')}
    self.assertEqual(names['metrics'], list(run.results.description.counters))
    for test in self.report['tests']:
      self.assertLessEqual(set(test) - {'name'}, set(names['metrics']))
    self.assertEqual(names['run_fields'][0], 'llvm_project_revision')
    self.assertLessEqual(
        set(self.report['machine']) - {'name'}, set(names['machine_fields']))

  def test_unknown_counters_are_left_out(self) -> None:
    content = fixtures.three_repetitions()
    content['benchmarks'][0]['of_my_own'] = 1
    report = json.loads(''.join(lnt.render(fixtures.load(content))['']))
    self.assertEqual(report, self.report)

  def test_needs_a_commit(self) -> None:
    content = fixtures.three_repetitions()
    del content['context']['git_commit']
    with self.assertRaisesRegex(cli.BadInput, '--commit'):
      lnt.render(fixtures.load(content))
    run = fixtures.load(content, commit='r17')
    given = json.loads(''.join(lnt.render(run)['']))
    self.assertEqual(given['run']['llvm_project_revision'], 'r17')


if __name__ == '__main__':
  unittest.main()
