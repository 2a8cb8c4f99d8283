"""Tests of the pictures of //scripts:charts."""

import json
import os
import re
import shutil
import xml.etree.ElementTree
from unittest import main

from scripts.drawing import library
from scripts.testing import program
from scripts.testing import synthetic

_SVG = '{http://www.w3.org/2000/svg}'

# Has no slash, which would end the name of a layout.
ATTACK = '"<&\n<script>alert(1)'


class ChartsTest(program.TestCase):

  PROGRAM = 'scripts/charts'

  def setUp(self) -> None:
    super().setUp()
    if shutil.which('node') is None or not os.path.exists(library.PATH):
      print('SKIPPED: node or the chart library is not installed')
      self.skipTest('node or the chart library is not installed')

  def draw(self, rows: list[synthetic.Row],
           **context: str) -> dict[str, list[str]]:
    """The texts of each picture, by its name."""
    self.file('results.json', rows, **context)
    outcome = self.run_program('results.json', '--out=pictures')
    self.assertEqual((outcome.status, outcome.err), (0, ''))
    texts = {}
    for name in os.listdir(self.path('pictures')):
      root = xml.etree.ElementTree.parse(self.path(f'pictures/{name}')).getroot()
      self.assertEqual(root.tag, f'{_SVG}svg')
      self.assertEqual({element.tag.removeprefix(_SVG)
                        for element in root.iter()} - {
                            'svg', 'style', 'rect', 'path', 'g', 'text', 'defs',
                            'clipPath', 'line', 'polyline', 'circle'}, set())
      texts[name] = [''.join(element.itertext())
                     for element in root.iter(f'{_SVG}text')]
    return texts

  def test_the_pictures_depend_on_the_run(self) -> None:
    shares = {('array', 'read'): (0.0, 0.0), ('boxed', 'refcount'): (1.0, 1.0),
              ('boxed', 'free'): (1.0, 0.03)}
    texts = self.draw([
        synthetic.row(f'cow/{layout}/{pattern}/{allocator}/size:{size}{variant}',
                      copied_bytes=share * scale, fork_time=1e-3 * speed)
        for (layout, pattern), both in shares.items()
        for allocator, share in zip(('glibc', 'jemalloc'), both)
        for size, scale in (('1MiB', 2**20), ('16MiB', 2**24))
        for variant, speed in (('', 10), ('/thp:always', 1))])
    self.assertEqual(set(texts), {
        'seed.svg', 'share-glibc.svg', 'share-jemalloc.svg', 'allocators.svg',
        'sizes.svg', 'thp-copied_bytes.svg', 'thp-fork_time.svg'})
    self.assertLessEqual({'array of numbers, read', '0 %', '100 %', '16 MiB of '
                          'data, and a child that only looks at it'},
                         set(texts['seed.svg']))
    self.assertLessEqual({'array', 'boxed', 'read', 'refcount', 'free', '0', '100',
                          '3', '16 MiB, jemalloc'},
                         set(texts['share-jemalloc.svg']))
    self.assertLessEqual({'boxed/free', 'glibc', 'jemalloc'},
                         set(texts['allocators.svg']))
    self.assertIn('Copied against size: boxed/free', texts['sizes.svg'])
    self.assertLessEqual({'system', 'always', 'boxed/free, glibc'},
                         set(texts['thp-copied_bytes.svg']))

  def test_draws_the_children_of_a_program_over_time(self) -> None:
    texts = self.draw(
        [synthetic.row('program/p', copied_bytes=1)],
        over_time=json.dumps({'interval_seconds': 0.1, 'series': [
            {'name': f'program/p/child:{name}', 'repetition': 0,
             'begin_seconds': 0.1, 'peer_copied_bytes': [0, 0, 0],
             'copied_bytes': [0, 2**20, 5 * 2**20]} for name in (1, '2.1')]}))
    self.assertEqual(set(texts), {'over-time.svg'})
    self.assertLessEqual({'child 1', 'child 2.1', '5 MiB', '0.4 s'},
                         set(texts['over-time.svg']))

  def test_draws_how_soon_a_program_runs(self) -> None:
    texts = self.draw([
        synthetic.row(f'spawn/{method}/size:{size}', child_time=seconds)
        for method, seconds in (('fork', 0.02), ('vfork', 0.0005))
        for size in ('1MiB', '1GiB')])
    self.assertEqual(set(texts), {'starts.svg'})
    self.assertLessEqual({'fork', 'vfork', '1 GiB', '10 ms',
                          'until the program runs'}, set(texts['starts.svg']))

  def test_shows_failed_cases_and_escapes_names(self) -> None:
    texts = self.draw([
        synthetic.row(f'cow/a{ATTACK}/write/glibc/size:1MiB', copied_bytes=1),
        synthetic.failed_row('cow/b/write/glibc/size:1MiB', 'killed')])
    self.assertEqual(set(texts), {'share-glibc.svg'})
    self.assertIn('failed', texts['share-glibc.svg'])
    self.assertTrue(any('alert(1)' in text for text in texts['share-glibc.svg']))

  def test_follows_the_colour_scheme(self) -> None:
    self.draw([synthetic.row(f'cow/a/{pattern}/glibc/size:1MiB',
                             copied_bytes=share * 2**20)
               for pattern, share in (('a', 0), ('b', .01), ('c', .2), ('d', .4),
                                      ('e', .6), ('f', 1))])
    svg = self.read('pictures/share-glibc.svg')
    rules = re.findall(r'\[fill="(#\w+)"\]\{fill:#\w+\}', svg)
    # Each light colour has exactly one dark one.
    self.assertEqual(len(rules), len(set(rules)))
    used = set(re.findall(r'<(?:rect|path|text)[^>]* fill="(#\w+)"', svg))
    self.assertGreater(len(used), 10)
    self.assertLessEqual(used, set(rules))

  def test_refuses_results_without_pictures(self) -> None:
    self.file('results.json', [synthetic.row('BM_Other', items=3)])
    self.assertIn('no case', self.refused('results.json', '--out=pictures'))
    self.assertFalse(os.path.exists(self.path('pictures')))
    self.write('file', '')
    self.file('results.json', [
        synthetic.row(f'cow/a/{pattern}/glibc/size:1MiB', copied_bytes=1)
        for pattern in ('read', 'write')])
    self.assertIn('--out', self.refused('results.json', '--out=file'))
    self.assertIn('missing', self.refused('missing.json'))

  def test_a_key_of_the_context_is_an_axis(self) -> None:
    for name, size, copied in (('4k', 4096, 2**20), ('16k', 16384, 2**22)):
      self.file(f'{name}.json', [
          synthetic.row('cow/array/write/glibc/size:16MiB', copied_bytes=copied)
      ], page_size=str(size))
    outcome = self.run_program('4k.json', '16k.json', '--by=page_size',
                               '--out=pictures')
    self.assertEqual((outcome.status, outcome.err), (0, ''))
    path = self.path('pictures/page_size-copied_bytes.svg')
    texts = [''.join(element.itertext()) for element in
             xml.etree.ElementTree.parse(path).getroot().iter(f'{_SVG}text')]
    for text in ('page_size', '4096', '16384', 'array/write'):
      self.assertIn(text, texts)

  def test_files_that_cannot_be_one(self) -> None:
    rows = [synthetic.row('cow/array/write/glibc/size:16MiB', copied_bytes=1)]
    for name in ('one', 'same'):
      self.file(f'{name}.json', rows, page_size='4096')
    for flags, words in (((), '--by=KEY is for several files'),
                         (('--by=page_size',), 'both have 4096'),
                         (('--by=weather',), 'not in the context of'),
                         (('--by=touch',), 'an axis of this name')):
      with self.subTest(flags):
        self.assertIn(words, self.refused('one.json', 'same.json', *flags))


if __name__ == '__main__':
  main()
