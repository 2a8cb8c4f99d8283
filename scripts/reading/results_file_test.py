"""Tests of the loader: what it accepts, and what it refuses."""

import contextlib
import json
import os
import tempfile
import threading
import unittest
from typing import Any

from scripts.base import cli
from scripts.reading import description as descriptions
from scripts.reading import results_file
from scripts.testing import synthetic

CASE = 'cow/boxed/write/glibc/size:64KiB'

DESCRIPTION = descriptions.of('a.json', synthetic.CONTEXT)


def _write_spaces(pipe: int) -> None:
  with contextlib.suppress(BrokenPipeError):
    while True:
      os.write(pipe, b' ' * 65536)


class ResultsFileTest(unittest.TestCase):

  def setUp(self) -> None:
    super().setUp()
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.path = os.path.join(folder.name, 'results.json')

  def load(self, rows: list[synthetic.Row]) -> results_file.ResultsFile:
    return results_file.load(
        synthetic.write(self.path, synthetic.results(rows)))

  def refused(self, text: str) -> str:
    """The message for a file with that text."""
    with open(self.path, 'w', encoding='utf-8') as file:
      file.write(text)
    with self.assertRaises(cli.BadInput) as caught:
      results_file.load(self.path)
    self.assertIn(self.path, str(caught.exception))
    return str(caught.exception)

  def test_repetitions_become_samples(self) -> None:
    file = self.load([synthetic.row(CASE, i, 3, copied_bytes=i, wall_time=0.5)
                      for i in range(3)])
    case = file.cases[CASE]
    self.assertEqual(case.samples, {'copied_bytes': [0, 1, 2],
                                    'wall_time': [0.5, 0.5, 0.5]})
    self.assertEqual(file.context['kernel'], '6.18.0')

  def test_axes_have_defaults(self) -> None:
    self.assertEqual(
        DESCRIPTION.parse(CASE),
        {'layout': 'boxed', 'pattern': 'write', 'allocator': 'glibc',
         'size': '64KiB', 'touch': '100', 'children': '1', 'writer': 'child',
         'order': 'sequential', 'thp': 'system'})
    axes = DESCRIPTION.parse(
        f'{CASE}/touch:0.1/children:4/writer:parent/order:shuffled'
        '/thp:always')
    self.assertEqual([axes[axis] for axis in DESCRIPTION.axes],
                     ['0.1', '4', 'parent', 'shuffled', 'always'])

  def test_names_that_are_not_case_ids_have_no_axes(self) -> None:
    for name in ('', 'BM_Fork/64', 'cow/boxed/write/glibc',
                 'cow/boxed/write/glibc/size:12',
                 f'{CASE}/unknown:1', f'{CASE}/touch:1/touch:2'):
      with self.subTest(name):
        axes = DESCRIPTION.parse(name)
        self.assertEqual((axes['layout'], axes['size']), ('', ''))

  def test_case_id_lacks_the_suffixes_of_google_benchmark(self) -> None:
    for suffix in ('', '/iterations:20/manual_time', '/repeats:3/real_time',
                   '/min_time:0.5s/threads:2'):
      self.assertEqual(results_file.case_id_of(CASE + suffix), CASE)

  def test_sizes(self) -> None:
    self.assertEqual(descriptions.size_bytes('64KiB'), 65536)
    self.assertEqual(descriptions.size_bytes('1GiB'), 2**30)
    for text in ('', '64', '64kB', '0KiB', '-1KiB', '1.5MiB', '64KiB '):
      with self.assertRaises(ValueError):
        descriptions.size_bytes(text)

  def test_aggregates_count_only_without_iterations(self) -> None:
    mean = synthetic.row(CASE, copied_bytes=7)
    mean.update(run_type='aggregate', aggregate_name='mean',
                name=f'{CASE}_mean')
    del mean['repetition_index']
    deviation = dict(mean, aggregate_name='stddev', name=f'{CASE}_stddev')
    self.assertEqual(
        self.load([mean, deviation]).cases[CASE].samples['copied_bytes'], [7])
    measured = synthetic.row(CASE, copied_bytes=8)
    self.assertEqual(
        self.load([measured, mean]).cases[CASE].samples['copied_bytes'], [8])

  def test_errors_are_kept_without_their_counters(self) -> None:
    failed = synthetic.failed_row(CASE, 'died: <b>\n"')
    failed['copied_bytes'] = 0
    case = self.load([failed]).cases[CASE]
    self.assertEqual(case.errors, ['died: <b>\n"'])
    self.assertEqual(case.samples, {})

  def test_any_name_is_kept_as_it_is(self) -> None:
    for name in ('<script>alert(1)</script>', 'quote"quote', 'new\nline',
                 'cow/<b>/"\n/|/size:64KiB', '\ud800'):
      with self.subTest(name):
        self.assertEqual(list(self.load([synthetic.row(name)]).cases), [name])

  def test_duplicates_are_refused(self) -> None:
    rows = [synthetic.row(CASE), synthetic.row(CASE)]
    self.assertIn('twice', self.refused(json.dumps(synthetic.results(rows))))

  def test_cut_off_anywhere_is_refused(self) -> None:
    text = json.dumps(synthetic.results([synthetic.row(CASE, copied_bytes=1)]))
    for end in range(0, len(text), 7):
      self.refused(text[:end])

  def test_wrong_types_are_refused(self) -> None:
    roots: tuple[Any, ...] = (
        None, [], 7, 'text', {}, {'benchmarks': {}}, {'benchmarks': [7]},
        {'benchmarks': [{}]}, {'benchmarks': [[]]},
        {'context': [], 'benchmarks': []})
    for root in roots:
      with self.subTest(root):
        self.refused(json.dumps(root))
    changes: tuple[dict[str, Any], ...] = (
        {'name': 7}, {'run_name': None}, {'iterations': '20'},
        {'repetition_index': 0.5}, {'copied_bytes': '4096'},
        {'copied_bytes': None}, {'wall_time': True}, {'wall_time': []},
        {'copied_bytes': 10**400})
    for change in changes:
      with self.subTest(change):
        row = synthetic.row(CASE) | change
        self.refused(json.dumps({'benchmarks': [row]}))

  def test_what_json_does_not_allow_is_refused(self) -> None:
    for number in ('NaN', 'Infinity', '-Infinity', '1e999'):
      with self.subTest(number):
        row = json.dumps(synthetic.row(CASE, wall_time=123456789))
        self.refused('{"benchmarks": [%s]}' % row.replace('123456789', number))
    self.refused('[' * 200000)
    self.refused('{"benchmarks": [], "n": ' + '9' * 5000 + '}')

  def test_empty_and_special_files_are_refused(self) -> None:
    self.assertIn('empty', self.refused(''))
    self.assertIn('empty', self.refused(' \n'))
    with open(self.path, 'wb') as file:
      file.write(b'\xff\xfe')
    for path in (self.path, os.path.dirname(self.path), '/dev/null',
                 '/nonexistent', 'nul\0byte'):
      with self.subTest(path):
        with self.assertRaises(cli.BadInput):
          results_file.load(path)

  def test_what_is_too_large_or_endless_is_refused(self) -> None:
    with open(self.path, 'wb') as file:
      file.truncate(100 * 10**6)
    with self.assertRaisesRegex(cli.BadInput, 'larger than 90 MiB'):
      results_file.load(self.path)
    with self.assertRaises(cli.BadInput):
      results_file.load('/dev/zero')
    reader, writer = os.pipe()
    endless = threading.Thread(target=_write_spaces, args=(writer,))
    endless.start()
    with self.assertRaisesRegex(cli.BadInput, 'larger than'):
      results_file.load(f'/dev/fd/{reader}')
    os.close(reader)
    endless.join()

  def test_the_line_of_a_mistake_is_named(self) -> None:
    rows = [synthetic.row(f'{CASE}/touch:{i}', x='y' * 9999)
            for i in range(999)]
    text = json.dumps(synthetic.results(rows), indent=1)
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if '/touch:998/' in line)
    lines[at] = ' 7'
    self.assertIn(f': line {at + 1}: ', self.refused('\n'.join(lines)))

  def test_order_and_white_space_do_not_matter(self) -> None:
    row = json.dumps(synthetic.row(CASE, copied_bytes=7))
    for text in ('{"benchmarks":[%s],"context":{"kernel":"6"}}',
                 '\n{\t"more" : [ [ ] ],"context":{"kernel":"6"} , '
                 '"benchmarks" : [\r\n %s ] } \n'):
      with open(self.path, 'w', encoding='utf-8') as out:
        out.write(text % row)
      file = results_file.load(self.path)
      self.assertEqual(file.cases[CASE].samples, {'copied_bytes': [7]})
      self.assertEqual(file.context, {'kernel': '6'})

  def test_what_follows_the_end_is_refused(self) -> None:
    text = json.dumps(synthetic.results([]))
    for more in ('}', text, '\0', ','):
      self.refused(text + more)


if __name__ == '__main__':
  unittest.main()
