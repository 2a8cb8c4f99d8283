"""Tests of the descriptions of counters and axes."""

import json
import os
import tempfile
import unittest

from scripts.base import cli
from scripts.reading import description as descriptions
from scripts.reading import results_file
from scripts.testing import synthetic

SPEED = ('speed', 'speed', 'count', 'count', 'more')
CASE = 'cow/boxed/write/glibc/size:64KiB'


def describe(*counters: tuple[str, ...],
             **axes: str) -> descriptions.Description:
  return descriptions.of('a.json', synthetic.described(counters, axes))


class DescriptionTest(unittest.TestCase):

  def test_context_round_trip(self) -> None:
    description = descriptions.of('a.json', synthetic.CONTEXT)
    self.assertEqual(description.context(), synthetic.described())
    self.assertEqual(descriptions.of('b.json', description.context()),
                     description)

  def test_axes_may_have_any_name(self) -> None:
    description = describe(heap='fresh', touch='100')
    case_id = f'{CASE}/heap:aged'
    axes = description.parse(case_id)
    self.assertEqual((axes['heap'], axes['touch']), ('aged', '100'))
    self.assertEqual(description.case_id(axes), case_id)
    self.assertEqual(description.case_id(axes | {'heap': 'fresh'}), CASE)

  def test_joins_equal_descriptions(self) -> None:
    joined = describe(SPEED, a='1').joined(
        describe(('x', *SPEED[1:]), SPEED, b='2', a='1'), 'b.json')
    self.assertEqual(list(joined.counters), ['speed', 'x'])
    self.assertEqual(joined.axes, {'a': '1', 'b': '2'})

  def test_refuses_contradictions(self) -> None:
    one = describe(SPEED, a='1')
    for other, name in ((describe(SPEED, a='2'), "'a'"),
                        (describe((*SPEED[:4], 'less')), "'speed'"),
                        (describe((*SPEED[:2], 'bytes', 'count', 'more')),
                         "'speed'")):
      with self.assertRaisesRegex(cli.BadInput, f'b.json: .*{name}'):
        one.joined(other, 'b.json')

  def test_headings_may_differ(self) -> None:
    one = describe(SPEED)
    other = describe((SPEED[0], 'velocity', *SPEED[2:]))
    self.assertEqual(one.joined(other, 'b.json'), one)


class FilesTest(unittest.TestCase):

  def load(self, *rows: dict[str, float], **context: str
           ) -> results_file.ResultsFile:
    with tempfile.TemporaryDirectory() as folder:
      return results_file.load(synthetic.write(
          os.path.join(folder, 'a.json'),
          {'context': context, 'benchmarks': [
              synthetic.row(CASE, **counters) for counters in rows]}))

  def test_a_suite_that_describes_nothing_is_refused(self) -> None:
    with self.assertRaisesRegex(cli.BadInput, 'not written by this version'):
      self.load({}, cowbench_version='0.9')

  def test_a_broken_description_is_refused(self) -> None:
    good = synthetic.described()
    for key, value in (('counters', 'x'), ('counters', '{}x'),
                       ('counters', '[7]'), ('axes', '[{"name": "a"}]'),
                       ('counters', good['counters'].replace('seconds', 'h')),
                       ('counters', good['counters'].replace('less', 'up'))):
      with self.subTest(value):
        with self.assertRaisesRegex(cli.BadInput, 'is malformed'):
          self.load({}, **good | {key: value})
    with self.assertRaisesRegex(cli.BadInput, "'axes'"):
      self.load({}, counters=good['counters'])

  def test_undescribed_counters_get_their_unit_from_their_name(self) -> None:
    counters = self.load({'copied_bytes': 1, 'fork_time': 2, 'minor_faults': 3,
                          'items': 4}).description.counters
    self.assertEqual(
        [(counter.unit, counter.kind, counter.better)
         for counter in counters.values()],
        [('bytes', 'count', 'less'), ('seconds', 'time', 'less'),
         ('faults', 'count', 'less'), ('count', 'count', '')])

  def test_a_described_counter_is_a_number(self) -> None:
    context = synthetic.described([SPEED])
    self.assertEqual(list(self.load({'speed': 1}, **context).cases), [CASE])
    with self.assertRaisesRegex(cli.BadInput, 'speed is not a number'):
      self.load({'speed': json.loads('"fast"')}, **context)


if __name__ == '__main__':
  unittest.main()
