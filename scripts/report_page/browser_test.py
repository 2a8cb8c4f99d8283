"""Tests the page in headless Chromium, without a network.

Skips if Chromium, node or the npm packages are not installed.
"""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from typing import Any

from scripts.drawing import library
from scripts.reading import results_file
from scripts.report_page import page
from scripts.testing import synthetic

NEEDED_FILES = (library.PATH, 'node_modules/playwright-core/package.json')

# Sets a variable if the page parses it as markup.
ATTACK = '"\\\n<img src=x onerror="window.executed=1">\u2028{{constructor}}'


def missing() -> str | None:
  for program in ('chromium', 'node'):
    if shutil.which(program) is None:
      return f'{program} is not installed'
  for path in NEEDED_FILES:
    if not os.path.exists(path):
      return f'{path} is not installed'
  return None


def probe(*contents: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
  """What a page of these results shows, and the bytes of the first file."""
  with open(library.PATH, encoding='utf-8') as file:
    charts = file.read()
  with tempfile.TemporaryDirectory() as directory:
    names = ['results.json', 'head.json'][:len(contents)]
    paths = [synthetic.write(os.path.join(directory, name), content)
             for name, content in zip(names, contents)]
    html = os.path.join(directory, 'page.html')
    with open(html, 'w', encoding='utf-8') as file:
      file.write(page.render(list(map(results_file.load, paths)), names,
                             charts))
    # Chromium writes only to its home and to the user data directory.
    environment = dict(os.environ, HOME=directory, TMPDIR=directory)
    done = subprocess.run(
        ['node', '--preserve-symlinks', '--preserve-symlinks-main',
         'scripts/report_page/browser_probe.js', html,
         os.path.join(directory, 'user'), shutil.which('chromium') or ''],
        capture_output=True, text=True, timeout=120, check=False,
        env=environment)
    if done.returncode != 0:
      raise AssertionError(f'the probe failed: {done.stderr}')
    with open(paths[0], 'rb') as file:
      return json.loads(done.stdout), file.read()


class BrowserTest(unittest.TestCase):

  @classmethod
  def setUpClass(cls) -> None:
    super().setUpClass()
    reason = missing()
    if reason:
      print(f'SKIPPED: {reason}')
      raise unittest.SkipTest(reason)

  def assert_quiet(self, seen: dict[str, Any]) -> None:
    self.assertEqual(seen['console'], [])
    self.assertEqual(seen['errors'], [])
    self.assertEqual(seen['dialogs'], 0)
    # The page requests only itself and its own download.
    others = [url for url in seen['requests']
              if not url.startswith(('file:', 'blob:'))]
    self.assertEqual(others, [])
    self.assertEqual(
        len(seen['requests']) - len(others),
        1 + sum(url.startswith('blob:') for url in seen['requests']))

  def test_draws_filters_and_sorts(self) -> None:
    layouts = ('array', 'boxed', 'trie')
    sizes = ('64KiB', '1MiB', '16MiB')
    content = synthetic.full_preset(3, layouts, sizes)
    seen, data = probe(content)
    self.assert_quiet(seen)

    charts = {chart['id']: chart for chart in seen['charts'] if chart['id']}
    self.assertEqual(set(charts),
                     {'differences-plot', 'copied-plot', 'time-plot'})
    for chart in seen['charts']:
      self.assertGreater(chart['shapes'], 10, chart)
      self.assertTrue(chart['label'])
    text = {name: set(chart['text']) for name, chart in charts.items()}
    self.assertLessEqual({'copied', 'all data', '64 KiB', '0',
                          'size of the data set'}, text['copied-plot'])
    self.assertIn('100 \N{MICRO SIGN}s', text['time-plot'])
    self.assertLessEqual({*synthetic.ALLOCATORS, 'array/free', '0 %', '100 %'},
                         text['differences-plot'])
    # Huge pages change nothing in these figures, so fork_time has no chart.
    thp, = (chart for chart in seen['charts'] if not chart['id'])
    self.assertIn('copied_bytes against thp', thp['label'])

    rows = len(layouts) * len(synthetic.PATTERNS) * len(sizes) * 4 * 2
    self.assertEqual(seen['filters']['axes'],
                     ['layout', 'pattern', 'allocator', 'size', 'thp'])
    self.assertEqual(seen['filters']['counts'], [
        f'1–50 of {rows} rows',
        f'1–24 of 24 rows, {rows} without the filter',
        f'1–6 of 6 rows, {rows} without the filter',
        f'0 rows, {rows} without the filter',
        f'1–50 of {rows} rows'])
    self.assertEqual(seen['filters']['patterns'], ['free'])
    self.assertEqual(seen['filters']['allocators'], ['glibc'])

    self.assertEqual(seen['sorting']['states'], [
        {'sort': 'descending', 'top': ['16.0 MiB'] * 3},
        {'sort': 'ascending', 'top': ['0 B'] * 3}])
    self.assertEqual(seen['sorting']['pages'], f'51–100 of {rows} rows')
    self.assertEqual(seen['keyboard'], {'opened': ['copied_bytes'],
                                        'first': 'Skip to the findings',
                                        'sorted': 'ascending'})

    heat = seen['heatMap']
    self.assertEqual(list(heat['cells']), list(synthetic.ALLOCATORS))
    head, *body = heat['cells']['jemalloc']
    self.assertEqual(head, ['layout', *synthetic.PATTERNS])
    self.assertEqual([row[0] for row in body], list(layouts))
    free = head.index('free')
    self.assertEqual({row[free] for row in body}, {'2'})
    self.assertEqual({row[free] for row in heat['cells']['glibc'][1:]}, {'100'})
    self.assertEqual(heat['before'], ['array', 'free'])
    self.assertEqual(heat['after'], ['trie', 'sort'])
    self.assertIn('ideal', heat['legend'])

    screens = seen['screens']
    self.assertEqual(screens['light']['paper'], 'rgb(255, 255, 255)')
    self.assertNotEqual(screens['dark']['paper'], screens['light']['paper'])
    self.assertNotEqual(screens['dark']['ink'], screens['light']['ink'])
    for look in screens.values():
      self.assertLessEqual(look['overflow'], 0)
    for scheme in ('light', 'dark'):
      self.assertGreater(screens[scheme]['contrast'], 4.5)
    self.assertEqual(screens['paper']['paper'], 'rgb(255, 255, 255)')
    self.assertFalse(screens['paper']['controls'])
    self.assertEqual(screens['paper']['rows'], rows)
    self.assertEqual(screens['paper']['maps'],
                     [f'{name}, 16 MiB' for name in synthetic.ALLOCATORS])
    self.assertEqual(len(screens['paper']['charts']), 4)
    self.assertGreater(min(screens['paper']['charts']), 10)
    self.assertEqual(screens['paper']['pdf'], '%PDF-')

    self.assertEqual(seen['download']['name'], 'results.json')
    self.assertEqual(base64.b64decode(seen['download']['content']), data)

  def test_two_files_are_compared_first(self) -> None:
    case = 'cow/boxed/free/{}/size:1MiB'
    base = [synthetic.row(case.format(name), copied_bytes=65536)
            for name in ('glibc', 'jemalloc', 'mimalloc')]
    head = [synthetic.row(case.format('glibc'), copied_bytes=2**20),
            base[1], synthetic.failed_row(case.format('mimalloc'), 'killed')]
    seen, _ = probe(synthetic.results(base), synthetic.results(head))
    self.assert_quiet(seen)
    _, changes, answers = seen['words']
    self.assertIn('results.json \N{RIGHTWARDS ARROW} head.json\n\nRegressed',
                  changes)
    self.assertIn('+960 KiB', changes)
    self.assertEqual(''.join(seen['words']).count('killed'), 1)
    # Only the last file's findings about the same cases.
    self.assertRegex(answers, r'\A[\w ]+\n+head.json\n')
    self.assertIn('cases, which failed', answers)
    self.assertNotIn('results.json', answers)

  def test_files_of_other_cases_both_have_findings(self) -> None:
    one, other = (synthetic.results([
        synthetic.row(f'cow/{layout}/write/glibc/size:1MiB',
                      copied_bytes=2**20)]) for layout in ('array', 'trie'))
    seen, _ = probe(one, other)
    *_, answers = seen['words']
    self.assertRegex(answers, r'head.json\n+[^\n]* trie [^$]*results.json\n+'
                              r'[^\n]* array ')

  def test_failures_come_first(self) -> None:
    seen, _ = probe(synthetic.results([
        synthetic.failed_row('cow/boxed/free/glibc/size:1MiB', 'killed'),
        synthetic.row('cow/boxed/free/jemalloc/size:1MiB', copied_bytes=4096),
        synthetic.row('cow/boxed/write/glibc/size:1MiB', copied_bytes=2**20),
    ], load_avg=[7.0, 1, 1]))
    header, answers = seen['words']
    for words in ('3: 1 layout, 2 patterns, 2 allocators, 1 size', 'killed',
                  '1 of 3 cases failed', 'Repetitions', '0123456789ab',
                  'Some CPU'):
      self.assertIn(words, header)
    self.assertIn('cases, which failed', answers)
    self.assertIn(['boxed', 'failed', '100'], seen['heatMap']['cells']['glibc'])

  def test_hostile_names_are_not_markup(self) -> None:
    case_ids = [f'cow/{ATTACK}/write{ATTACK}/glibc{ATTACK}/size:{size}'
                for size in ('64KiB', '1MiB')]
    counters = {'copied_bytes': 65536, 'minor_faults': 16, 'amplification': 2,
                'fork_time': 1e-4}
    content = synthetic.results([
        *(synthetic.row(case_id, **counters) for case_id in case_ids),
        synthetic.row(f'BM{ATTACK}</script><script>window.executed=1</script>'),
        synthetic.failed_row(f'cow/a/b/c{ATTACK}/size:1GiB', ATTACK),
    ], kernel=ATTACK)
    seen, _ = probe(content)
    self.assert_quiet(seen)
    self.assertIsNone(seen['executed'])
    self.assertEqual(seen['foreign'], 0)
    # The data, the input file, the chart library and the page's own script.
    self.assertEqual(seen['scripts'], 4)
    self.assertEqual(seen['filters']['counts'][0], '1–4 of 4 rows')
    # The error stands in place of the counters.
    self.assertEqual(seen['failures'], [[f'failed: {ATTACK}', len(counters)]])
    self.assertTrue(any('onerror' in text for chart in seen['charts']
                        for text in chart['text']))

  def test_children_over_time(self) -> None:
    seen, _ = probe(synthetic.results(
        [synthetic.row('program/p', copied_bytes=1)],
        over_time=json.dumps({'interval_seconds': 0.1, 'series': [
            {'name': f'program/p/child:{ATTACK}', 'repetition': 0,
             'begin_seconds': 0, 'copied_bytes': [0, 2**20],
             'peer_copied_bytes': [0, 0]}]})))
    self.assert_quiet(seen)
    self.assertIsNone(seen['executed'])
    chart, = seen['charts']
    self.assertEqual(chart['id'], 'over-time-plot')
    self.assertIn('1 MiB', chart['text'])

  def test_other_benchmarks_and_none(self) -> None:
    other = synthetic.results([synthetic.row('BM_Other', items=3)])
    for content in (synthetic.results([]), other):
      seen, _ = probe(content)
      self.assert_quiet(seen)
      self.assertEqual(seen['charts'], [])


if __name__ == '__main__':
  unittest.main()
