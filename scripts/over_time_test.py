"""Tests of the picture over time."""

import json
import os
import unittest
import xml.etree.ElementTree

from scripts.testing import program
from scripts.testing import synthetic

_ROWS = [synthetic.row('program/p', copied_bytes=1)]
_SERIES = [
    {'name': f'program/p/child:{i}', 'repetition': 0, 'begin_seconds': 0.1 * i,
     'copied_bytes': [0, 2**20, 4 * 2**20], 'peer_copied_bytes': [0, 0, 2**20]}
    for i in (1, 2)]


class OverTimeTest(program.TestCase):
  PROGRAM = 'scripts/over_time'

  def test_a_line_for_each_child(self) -> None:
    self.file('in.json', _ROWS, over_time=json.dumps(
        {'interval_seconds': 0.1, 'series': _SERIES}))
    outcome = self.run_program('in.json', '-o', 'out.svg')
    self.assertEqual(outcome.status, 0, outcome.err)
    root = xml.etree.ElementTree.fromstring(self.read('out.svg'))
    lines = root.findall('{*}polyline')
    self.assertEqual(len(lines), 2)
    for line in lines:
      points = [tuple(map(float, point.split(',')))
                for point in line.attrib['points'].split()]
      self.assertEqual(len(points), 4)
      heights = [y for _, y in points]
      self.assertEqual(heights, sorted(heights, reverse=True))
      # 5 MiB are five times as high as 1 MiB.
      self.assertAlmostEqual((heights[0] - heights[3]) /
                             (heights[0] - heights[2]), 5, places=1)

  def test_a_file_without_them(self) -> None:
    self.file('in.json', _ROWS)
    self.assertIn('no children over time',
                  self.refused('in.json', '-o', 'out.svg'))
    self.assertFalse(os.path.exists(self.path('out.svg')))


if __name__ == '__main__':
  unittest.main()
