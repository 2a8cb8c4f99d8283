"""Which children are drawn over time, and of what files nothing is."""

import json
import unittest
from typing import Any

from scripts.base import cli
from scripts.drawing import over_time
from scripts.testing import runs
from scripts.testing import synthetic


def series(name: str, own: list[int], peer: list[int] | None = None,
           **other: Any) -> dict[str, Any]:
  return {'name': f'program/p/child:{name}', 'repetition': 0,
          'begin_seconds': .5, 'copied_bytes': own,
          'peer_copied_bytes': peer or [0] * len(own), **other}


def lines(text: Any) -> list[dict[str, Any]]:
  return over_time.lines(runs.results(
      [synthetic.row('program/p', copied_bytes=1)], over_time=text))


def lines_of(*each: dict[str, Any]) -> list[dict[str, Any]]:
  return lines(json.dumps({'interval_seconds': .25, 'series': each}))


class OverTimeTest(unittest.TestCase):

  def test_what_child_and_parent_copied(self) -> None:
    self.assertEqual(
        lines_of(series('1', [1, 4, 4], [0, 0, 2]),
                 series('1', [9, 9, 9], repetition=1)),
        [{'name': 'child 1',
          'points': [[.5, 0], [.75, 1], [1.0, 4], [1.25, 6]]}])

  def test_a_level_stretch_is_known_by_its_ends(self) -> None:
    line, = lines_of(series('2.1', [3] * 100))
    self.assertEqual(line['name'], 'child 2.1')
    self.assertEqual(line['points'], [[.5, 0], [.75, 3], [25.5, 3]])

  def test_the_six_that_copied_most_in_the_order_of_birth(self) -> None:
    found = lines_of(*(series(str(i), [i % 8]) for i in range(1, 10)))
    self.assertEqual([line['name'][-1] for line in found], list('234567'))
    self.assertEqual(lines_of(series('1', [0, 0])), [])

  def test_files_without_and_with_something_else(self) -> None:
    self.assertEqual(over_time.lines(runs.results([])), [])
    self.assertEqual(lines_of(), [])
    for wrong in ('', '[]', '{}', 7, '[' * 10**5, json.dumps({
        'interval_seconds': .1, 'series': [series('1', [-1])]}), json.dumps({
            'interval_seconds': .1, 'series': [series('1', [1, 2], [0])]}),
                  '{"interval_seconds": NaN, "series": []}',
                  json.dumps({'interval_seconds': 10**400, 'series': []})):
      with self.subTest(wrong=str(wrong)[:40]):
        with self.assertRaisesRegex(cli.BadInput, 'over_time'):
          lines(wrong)


if __name__ == '__main__':
  unittest.main()
