"""Tests of the CSV history: its rows, and appending."""

import csv
import io
import os
import tempfile
import unittest

from scripts.base import cli
from scripts.export_formats import csv_history
from scripts.testing import runs as fixtures
from scripts.testing import synthetic


class CsvHistoryTest(unittest.TestCase):

  def setUp(self) -> None:
    super().setUp()
    run = fixtures.load(fixtures.three_repetitions())
    self.parts = list(csv_history.render(run)[''])
    self.text = ''.join(self.parts)
    directory = tempfile.TemporaryDirectory()
    self.addCleanup(directory.cleanup)
    self.path = os.path.join(directory.name, 'history.csv')

  def write(self, text: str) -> None:
    with open(self.path, 'w', encoding='utf-8', newline='') as file:
      file.write(text)

  def read(self) -> list[dict[str, str]]:
    with open(self.path, encoding='utf-8', newline='') as file:
      return list(csv.DictReader(file))

  def test_a_row_for_each_repetition(self) -> None:
    rows = list(csv.DictReader(io.StringIO(self.text, newline='')))
    faults = [row for row in rows if row['metric'] == 'minor_faults']
    self.assertEqual([(row['repetition'], row['value']) for row in faults],
                     [('0', '17'), ('1', '18'), ('2', '19')])
    self.assertLessEqual({
        'date': '2026-03-14T14:09:26+00:00',
        'commit': synthetic.CONTEXT['git_commit'], 'host': 'builder',
        'case': fixtures.CASE, 'layout': 'boxed', 'touch': '10',
        'size': '64KiB', 'size_bytes': '65536', 'unit': 'faults'}.items(), faults[0].items())
    self.assertIn(fixtures.HOSTILE_NAME, {row['case'] for row in rows})

  def test_appends_below_the_same_header(self) -> None:
    self.write(self.text)
    once = self.read()
    csv_history.append(self.path, self.parts)
    self.assertEqual(self.read(), once + once)

  def test_refuses_another_header(self) -> None:
    for text in ('date,commit,value\n', 'x', '\xff\n'):
      self.write(text)
      with self.assertRaises(cli.BadInput):
        csv_history.append(self.path, self.parts)
      with open(self.path, encoding='utf-8', newline='') as file:
        self.assertEqual(file.read(), text)

  def test_a_history_that_cannot_be_written_to(self) -> None:
    with self.assertRaisesRegex(cli.BadInput, self.path):
      csv_history.append(self.path, self.parts)

  def test_refuses_a_row_cut_short(self) -> None:
    self.write(self.text[:-3])
    with self.assertRaisesRegex(cli.BadInput, 'is incomplete'):
      csv_history.append(self.path, self.parts)


if __name__ == '__main__':
  unittest.main()
