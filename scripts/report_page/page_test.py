"""Tests of the page's text: it is complete and safe."""

import base64
import gzip
import hashlib
import html.parser
import json
import os
import re
import tempfile
import unittest

from scripts.reading import results_file
from scripts.report_page import page
from scripts.testing import synthetic

# Stands for the chart library, which the page must contain unchanged.
LIBRARY = '/* $DATA ${DATA} @DATA@ \N{SNOWMAN} */ const echarts = null;'

HOSTILE = '</script><script>alert("1")</script><!-- & \u2028 \' $DATA @DATA@'


class _Parser(html.parser.HTMLParser):
  """Collects the tags and the contents of scripts."""

  def __init__(self) -> None:
    super().__init__()
    self.tags: list[tuple[str, dict[str, str]]] = []
    self.scripts: list[tuple[dict[str, str], str]] = []

  def handle_starttag(self, tag: str,
                      attrs: list[tuple[str, str | None]]) -> None:
    attributes = {name: value or '' for name, value in attrs}
    self.tags.append((tag, attributes))
    if tag == 'script':
      self.scripts.append((attributes, ''))

  def handle_data(self, data: str) -> None:
    if self.cdata_elem == 'script':
      attributes, text = self.scripts[-1]
      self.scripts[-1] = (attributes, text + data)


class PageTest(unittest.TestCase):

  def setUp(self) -> None:
    super().setUp()
    directory = tempfile.TemporaryDirectory()
    self.addCleanup(directory.cleanup)
    self.path = synthetic.write(
        os.path.join(directory.name, 'results.json'),
        synthetic.results([
            synthetic.row(f'cow/{HOSTILE}/write/glibc/size:1MiB',
                          copied_bytes=2**20, amplification=2),
            synthetic.row(f'cow/a/{HOSTILE[9:17]}/jemalloc/size:1MiB',
                          copied_bytes=2**20, amplification=2),
            synthetic.failed_row('cow/a/b/c/size:1GiB', HOSTILE),
        ], kernel=HOSTILE))
    self.text = page.render([results_file.load(self.path)], [HOSTILE], LIBRARY)
    self.parsed = _Parser()
    self.parsed.feed(self.text)

  def test_names_are_never_markup(self) -> None:
    kinds = [attributes.get('type') for attributes, _ in self.parsed.scripts]
    self.assertEqual(kinds,
                     ['application/json', 'application/gzip', None, None])
    self.assertFalse('alert("1")' in self.text)
    data_block = self.parsed.scripts[0][1]
    self.assertIsNone(re.search('[<>&\u2028\u2029]', data_block))
    case = json.loads(data_block)['runs'][0]['cases'][0]
    self.assertEqual(case[0], f'cow/{HOSTILE}/write/glibc/size:1MiB')

  def test_only_its_own_scripts_may_run_and_nothing_is_fetched(self) -> None:
    policy = next(attributes['content']
                  for tag, attributes in self.parsed.tags
                  if attributes.get('http-equiv') == 'Content-Security-Policy')
    self.assertIn("default-src 'none'", policy)
    hashes = re.findall(r"'sha256-([^']+)'", policy)
    wanted = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for attributes, text in self.parsed.scripts
        if 'type' not in attributes
    ]
    self.assertEqual(hashes, wanted)
    _, script_source = policy.split('script-src ')
    self.assertNotIn('unsafe', script_source.split(';')[0])
    for tag, attributes in self.parsed.tags:
      self.assertNotIn('src', attributes, tag)
      if 'href' in attributes:
        self.assertTrue(attributes['href'].startswith('#'))
      self.assertFalse([name for name in attributes if name.startswith('on')])

  def test_contains_the_library_and_the_files_unchanged(self) -> None:
    self.assertEqual(self.parsed.scripts[2][1], LIBRARY)
    attributes, packed = self.parsed.scripts[1]
    self.assertEqual(attributes['data-name'], HOSTILE)
    with open(self.path, 'rb') as file:
      self.assertEqual(gzip.decompress(base64.b64decode(packed)), file.read())

  def test_references_within_the_page_have_targets(self) -> None:
    ids = {attributes.get('id') for _, attributes in self.parsed.tags}
    for _, attributes in self.parsed.tags:
      for key in ('href', 'aria-labelledby'):
        if key in attributes:
          self.assertIn(attributes[key].lstrip('#'), ids)

  def test_runs_need_not_have_the_same_axes(self) -> None:
    with tempfile.TemporaryDirectory() as directory:
      paths = [synthetic.write(
          os.path.join(directory, f'{axis}.json'),
          synthetic.results([synthetic.row(f'cow/a/b/c/size:1MiB/{axis}:2')],
                            **synthetic.described(axes={axis: '1'})))
          for axis in ('x', 'y')]
      parsed = _Parser()
      parsed.feed(page.render([results_file.load(path) for path in paths],
                              ['x', 'y'], LIBRARY))
    data = json.loads(parsed.scripts[0][1])
    self.assertEqual(data['axes'][4:], ['x', 'y'])
    self.assertEqual([run['cases'][0][1][4:] for run in data['runs']],
                     [['2', '1'], ['1', '2']])

  def test_what_is_drawn_over_time_is_not_in_the_environment(self) -> None:
    with tempfile.TemporaryDirectory() as directory:
      path = synthetic.write(
          os.path.join(directory, 'r.json'),
          synthetic.results([synthetic.row('program/p', copied_bytes=1)],
                            over_time=json.dumps({
                                'interval_seconds': 1, 'series': [{
                                    'name': 'program/p/child:1', 'repetition': 0,
                                    'begin_seconds': 0, 'copied_bytes': [4096],
                                    'peer_copied_bytes': [0]}]})))
      text = page.render([results_file.load(path)], ['r'], LIBRARY)
    parsed = _Parser()
    parsed.feed(text)
    self.assertEqual(json.loads(parsed.scripts[0][1])['runs'][0]['overTime'],
                     [{'name': 'child 1', 'points': [[0, 0], [1, 4096]]}])
    self.assertNotIn('>over_time<', text)

  def test_says_what_the_runs_were(self) -> None:
    for words in ('3: 1 layout, 2 patterns', '1 of 3 cases failed.',
                  '<dt>amplification</dt>'):
      self.assertTrue(words in self.text, words)
    self.assertFalse('<dt>fork_time</dt>' in self.text)


if __name__ == '__main__':
  unittest.main()
