"""Tests of the gate and of the baseline's text."""

import contextlib
import io
import os
import tempfile
import unittest
from typing import Callable
from unittest import mock

from results import baseline
from results import gate
from scripts.base import cli
from scripts.reading import description as descriptions
from scripts.reading import results_file
from scripts.testing import synthetic

CONTEXT = {'cowbench_version': '0.1.0', 'kernel': '6.1/x y', 'machine': 'm',
           'page_size': '4096', 'allocator_glibc': '2.36',
           'cpu_model': 'Some CPU'}
COUNTERS = {'copied_bytes': [4096.0], 'minor_faults': [1.0],
            'amplification': [1.0026], 'wall_time': [0.5]}
DESCRIPTION = descriptions.of('a.json', synthetic.CONTEXT)
CASE = 'cow/boxed/write/glibc/size:64KiB'
OTHER = 'cow/array/write/glibc/size:64KiB'


def results(cases: dict[str, dict[str, list[float]]],
            **context: str) -> results_file.ResultsFile:
  """A results file with {case id: changes of COUNTERS}."""
  return results_file.ResultsFile('run.json', CONTEXT | context, DESCRIPTION, {
      case_id: results_file.CaseResult(
          case_id, DESCRIPTION.parse(case_id), COUNTERS | changes)
      for case_id, changes in cases.items()})


class GateTest(unittest.TestCase):

  def setUp(self) -> None:
    super().setUp()
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.folder = folder.name

  def call(self, function: Callable[[results_file.ResultsFile, str], int],
           file: results_file.ResultsFile) -> tuple[int, str]:
    """Returns (exit status, what it prints)."""
    with contextlib.redirect_stdout(io.StringIO()) as output:
      status = function(file, self.folder)
    return status, output.getvalue()

  def update(self, file: results_file.ResultsFile) -> tuple[int, str]:
    return self.call(gate.update, file)

  def gate(self, file: results_file.ResultsFile) -> tuple[int, str]:
    return self.call(gate.gate, file)

  def test_update_needs_a_place_to_write_before_it_runs_anything(self) -> None:
    with mock.patch.dict(os.environ,
                         {'BUILD_WORKSPACE_DIRECTORY': self.folder}):
      with self.assertRaisesRegex(cli.BadInput, 'not a writable directory'):
        gate.main(['--update'])

  def test_what_was_written_passes(self) -> None:
    file = results({CASE: {}, OTHER: {'copied_bytes': [2.5]}})
    del file.cases[OTHER].samples['amplification']
    self.update(file)
    status, output = self.gate(file)
    self.assertEqual(status, 0)
    self.assertIn('2 cases equal to', output)

  def test_a_changed_allocator_is_named_with_what_helps(self) -> None:
    self.update(results({CASE: {}}))
    status, output = self.gate(results({CASE: {}}, allocator_glibc='2.37'))
    self.assertEqual(status, 0)
    self.assertIn('differs in allocator_glibc: 2.36 -> 2.37\n', output)
    self.assertIn('//results:update', output)
    _, output = self.gate(results({CASE: {}}, kernel='6.2'))
    self.assertNotIn('differs', output)

  def test_times_and_the_processor_do_not_matter(self) -> None:
    self.update(results({CASE: {}}))
    status, _ = self.gate(results({CASE: {'wall_time': [9.0]}},
                                  cpu_model='another'))
    self.assertEqual(status, 0)

  def test_a_worse_layout_is_caught(self) -> None:
    self.update(results({CASE: {}, OTHER: {}}))
    status, output = self.gate(results(
        {CASE: {'copied_bytes': [8192.0]}, OTHER: {}}))
    self.assertEqual(status, 1)
    self.assertIn('Regressed (1)', output)
    self.assertRegex(output, f'{CASE} +copied_bytes +4 KiB +8 KiB')
    self.assertIn('bazel run //results:update', output)

  def test_any_difference_is_caught(self) -> None:
    self.update(results({CASE: {}, OTHER: {}}))
    failing = results({CASE: {}, OTHER: {}})
    failing.cases[CASE].samples = {}
    failing.cases[CASE].errors = ['died']
    for file in (results({CASE: {'copied_bytes': [0.0]}, OTHER: {}}),
                 results({CASE: {}}),
                 results({CASE: {}, OTHER: {}, CASE + '/touch:1': {}}),
                 results({CASE: {'fresh_bytes': [0.0]}, OTHER: {}}),
                 results({CASE: {'copied_bytes': []}, OTHER: {}}),
                 failing):
      self.assertEqual(self.gate(file)[0], 1)

  def test_no_baseline(self) -> None:
    self.update(results({CASE: {}}))
    status, output = self.gate(results({CASE: {}}, kernel='another'))
    self.assertEqual(status, 0)
    self.assertIn('this machine has no baseline', output)

  def test_update_prints_the_difference(self) -> None:
    self.update(results({CASE: {}, OTHER: {}}))
    status, output = self.update(results(
        {CASE: {'copied_bytes': [8192.0]}, OTHER: {}}))
    self.assertEqual(status, 0)
    self.assertIn(f'-{CASE} 4096 1 ', output)
    self.assertIn(f'+{CASE} 8192 1 ', output)
    self.assertNotIn(OTHER, output)
    _, output = self.update(results(
        {CASE: {'copied_bytes': [8192.0]}, OTHER: {}}))
    self.assertIn('unchanged', output)
    self.assertEqual(len(os.listdir(self.folder)), 1)

  def test_every_environment_has_its_own_file(self) -> None:
    self.update(results({CASE: {}}))
    self.update(results({CASE: {}}, kernel='another'))
    self.assertEqual(len(os.listdir(self.folder)), 2)


class BaselineTest(unittest.TestCase):

  def test_what_does_not_repeat_is_not_written(self) -> None:
    with self.assertRaisesRegex(cli.BadInput, 'copied_bytes differs'):
      baseline.to_text(results({CASE: {'copied_bytes': [1.0, 2.0]}}))

  def test_errors_are_not_written(self) -> None:
    file = results({CASE: {}})
    file.cases[CASE].errors = ['died']
    with self.assertRaisesRegex(cli.BadInput, 'died'):
      baseline.to_text(file)

  def test_damaged_files_are_refused(self) -> None:
    with tempfile.TemporaryDirectory() as folder:
      path = os.path.join(folder, baseline.file_name(CONTEXT))
      good = baseline.to_text(results({CASE: {}}))
      for text in ('', 'nonsense\n', good.replace('6.1/x y', '6.2'),
                   good.replace(' 4096', ' x'),
                   good.replace(' 4096 1', ' 4096'),
                   good.replace('case copied_bytes', 'case'),
                   good + good.splitlines()[-1]):
        with self.subTest(text):
          with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
          with self.assertRaises(cli.BadInput):
            baseline.load(path, DESCRIPTION)


if __name__ == '__main__':
  unittest.main()
