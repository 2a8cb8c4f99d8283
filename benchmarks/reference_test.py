"""Compares flags, names, ids and settings in docs/reference.md with the code.

lib/suite/counters_test.cc and lib/workload/workload_test.cc compare its tables
of counters and layouts.
"""

import json
import re
import unittest

from benchmarks.testing.cow import Cow


class ReferenceTest(unittest.TestCase):

  def setUp(self) -> None:
    self.cow = Cow('benchmarks/cow')
    with open('docs/reference.md', encoding='utf-8') as file:
      parts = re.split(r'^## (.*)\n', file.read(), flags=re.MULTILINE)
    self.sections = dict(zip(parts[1::2], parts[2::2]))

  def rows(self, section: str) -> list[tuple[str, str]]:
    """Returns the rows of a section's table of two columns."""
    return re.findall(r'^\| `(.*)` \| (.*) \|$', self.sections[section],
                      flags=re.MULTILINE)

  def test_flags(self) -> None:
    _, help_, _ = self.cow.run('--help')
    ours, _, _ = help_.partition('Flags of Google Benchmark')
    self.assertEqual(
        self.rows('Flags'),
        [(flag, ' '.join(text.split())) for flag, text in re.findall(
            r'^  (--\S+)\n((?:      .*\n)+)', ours, flags=re.MULTILINE)])

  def test_patterns(self) -> None:
    _, patterns, _ = self.cow.names('--preset=full')
    listed = [name for name, _ in self.rows('Patterns')]
    self.assertEqual(set(listed), set(patterns))
    _, usual, _ = self.cow.names()
    self.assertEqual(set(listed[:-3]), set(usual))

  def test_spreads(self) -> None:
    cases = self.cow.cases(
        '--touch=1', '--layouts=array', '--patterns=write', '--sizes=1MiB',
        '--allocators=glibc', '--spread=even,clustered,random,zipf')
    self.assertEqual([name for name, _ in self.rows('Spreads')],
                     ['even'] + [case.split('/spread:')[1]
                                 for case in cases[1:]])

  def test_allocators_and_ids(self) -> None:
    _, _, allocators = self.cow.names('--preset=full')
    _, rows, context = self.cow.results(
        '--layouts=array', '--patterns=idle', '--sizes=64KiB',
        '--iterations=1', '--allocators=' + ','.join(allocators))
    listed = dict(self.rows('Allocators'))
    self.assertEqual(list(listed), allocators)
    self.assertEqual(len(rows), len(allocators))
    for name, text in listed.items():
      with self.subTest(name):
        settings = context.get(f'allocator_{name}_settings')
        self.assertIn(f'with `{settings}`' if settings else 'no settings', text)
    for axis in json.loads(context['axes']):
      with self.subTest(axis['name']):
        self.assertIn(f'`/{axis["name"]}:', self.sections['Case ids'])


if __name__ == '__main__':
  unittest.main()
