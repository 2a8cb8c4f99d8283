"""The page in a real, headless Chromium, cut off from any network.

Skips where Chromium, node or the npm packages are not installed.
"""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from typing import Any

from scripts.reading import results_file
from scripts.report_page import page
from scripts.testing import synthetic

LIBRARY = 'node_modules/echarts/dist/echarts.min.js'
NEEDED_FILES = (LIBRARY, 'node_modules/playwright-core/package.json')

# Sets a mark if anything ever takes it for more than a name.
ATTACK = '"\\\n<img src=x onerror="window.executed=1">\u2028{{constructor}}'


def missing() -> str | None:
  for program in ('chromium', 'node'):
    if shutil.which(program) is None:
      return f'{program} is not installed'
  for path in NEEDED_FILES:
    if not os.path.exists(path):
      return f'{path} is not installed'
  return None


def probe(content: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
  """What the browser saw of a page of these results, and their bytes."""
  with open(LIBRARY, encoding='utf-8') as file:
    library = file.read()
  with tempfile.TemporaryDirectory() as directory:
    path = synthetic.write(os.path.join(directory, 'results.json'), content)
    html = os.path.join(directory, 'page.html')
    with open(html, 'w', encoding='utf-8') as file:
      file.write(
          page.render([results_file.load(path)], ['results.json'], library))
    # Chromium keeps what it writes in its home and in the user data.
    environment = dict(os.environ, HOME=directory, TMPDIR=directory)
    done = subprocess.run(
        ['node', '--preserve-symlinks', '--preserve-symlinks-main',
         'scripts/report_page/browser_probe.js', html,
         os.path.join(directory, 'user'), shutil.which('chromium') or ''],
        capture_output=True, text=True, timeout=120, check=False,
        env=environment)
    if done.returncode != 0:
      raise AssertionError(f'the probe failed: {done.stderr}')
    with open(path, 'rb') as file:
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
    # Its own download is the only address besides the file.
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

    charts = seen['charts']
    self.assertEqual(len(charts), 4 + 3)
    for chart in charts:
      self.assertGreater(chart['shapes'], 10, chart)
      self.assertTrue(chart['label'])
    for chart, allocator in zip(charts, synthetic.ALLOCATORS):
      self.assertIn(allocator, chart['label'])
      self.assertLessEqual(set(layouts) | {'write', 'mark'}, set(chart['text']))
      # No stores, no amplification.
      self.assertNotIn('read', chart['text'])
    by_id = {chart['id']: chart['text'] for chart in charts}
    self.assertLessEqual({'all data', '64 KiB', '0'}, set(by_id['copied-plot']))
    self.assertIn('100 µs', by_id['fork-plot'])
    self.assertLessEqual({'one page each', 'minor faults', 'pages copied'},
                         set(by_id['faults-plot']))

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
    self.assertEqual(seen['keyboard'], {'first': 'Skip to the findings',
                                        'sorted': 'ascending'})

    heat = seen['heatMap']
    self.assertIn('Not shown: idle, read, free.', heat['note'])
    self.assertTrue(heat['noteOfShare'])
    self.assertEqual(heat['before'], ['array', 'free'])
    self.assertEqual(heat['after'], ['array', 'sort'])
    self.assertIn('ideal', heat['legend'])
    self.assertEqual(heat['values'], 4)

    screens = seen['screens']
    self.assertEqual(screens['light']['paper'], 'rgb(255, 255, 255)')
    self.assertNotEqual(screens['dark']['paper'], screens['light']['paper'])
    self.assertNotEqual(screens['dark']['ink'], screens['light']['ink'])
    for look in screens.values():
      self.assertLessEqual(look['overflow'], 0)
    self.assertEqual(screens['paper']['paper'], 'rgb(255, 255, 255)')
    self.assertFalse(screens['paper']['navigation'])
    self.assertEqual(screens['paper']['pdf'], '%PDF-')

    self.assertEqual(seen['download']['name'], 'results.json')
    self.assertEqual(base64.b64decode(seen['download']['content']), data)

  def test_hostile_names_stay_text(self) -> None:
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
    # In place of all counters.
    self.assertEqual(seen['failures'], [[f'failed: {ATTACK}', len(counters)]])
    self.assertTrue(any('onerror' in text for chart in seen['charts']
                        for text in chart['text']))

  def test_other_benchmarks_and_none(self) -> None:
    other = synthetic.results([synthetic.row('BM_Other', items=3)])
    for content in (synthetic.results([]), other):
      seen, _ = probe(content)
      self.assert_quiet(seen)
      self.assertEqual(seen['charts'], [])


if __name__ == '__main__':
  unittest.main()
