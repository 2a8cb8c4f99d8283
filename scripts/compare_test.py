"""Tests of the compare program, from files to text and exit status."""

import json
import os
import random
import resource
import subprocess
import tempfile
import unittest

from scripts.testing import synthetic

COMPARE = os.path.abspath('scripts/compare')
CASE = 'cow/boxed/write/glibc/size:64KiB'
OTHER = 'cow/boxed/write/jemalloc/size:64KiB'
MEMORY = 200 * 2**20
MORE_THAN_ENOUGH_SECONDS = 120


def limit_memory():
  resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def timed_rows(case_id, wall_time, noise, seed, n=9):
  source = random.Random(seed)
  return [synthetic.row(case_id, i, n, copied_bytes=4096,
                        wall_time=source.gauss(wall_time, noise * wall_time))
          for i in range(n)]


class CompareTest(unittest.TestCase):

  def setUp(self):
    super().setUp()
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.folder = folder.name

  def file(self, name, rows, **context):
    return synthetic.write(os.path.join(self.folder, name),
                           synthetic.results(rows, **context))

  def run_compare(self, *arguments, **kwargs):
    """Returns (exit status, stdout, stderr)."""
    done = subprocess.run(
        [COMPARE, *arguments], text=True, capture_output=True, check=False,
        timeout=MORE_THAN_ENOUGH_SECONDS,
        env=os.environ | {'BUILD_WORKING_DIRECTORY': self.folder,
                          'PYTHONIOENCODING': 'utf-8'}, **kwargs)
    return done.returncode, done.stdout, done.stderr

  def compare(self, base_rows, head_rows, *flags, head_context=None):
    """Compares rows; returns (exit status, JSON output)."""
    base = self.file('base.json', base_rows)
    head = self.file('head.json', head_rows, **(head_context or {}))
    status, stdout, stderr = self.run_compare(base, head, '--format=json',
                                              *flags)
    self.assertEqual(stderr, '')
    result = json.loads(stdout)
    self.assertEqual(result['exit_status'], status)
    return status, result

  def only_change(self, result, metric):
    changes = [change for change in result['cases'][0]['changes']
               if change['metric'] == metric]
    self.assertEqual(len(changes), 1)
    return changes[0]

  def refused(self, *arguments, **kwargs):
    """The one line that a user's mistake gets."""
    status, stdout, stderr = self.run_compare(*arguments, **kwargs)
    self.assertEqual((status, stdout), (2, ''), stderr)
    self.assertRegex(stderr, r'\Acompare: [^\n]+\n\Z')
    return stderr


class DeterministicTest(CompareTest):

  def test_two_runs_of_the_same_are_the_same(self):
    rows = [synthetic.row(CASE, copied_bytes=4096, minor_faults=1,
                          wall_time=1e-3)]
    head = [dict(rows[0], wall_time=3e-3)]
    status, result = self.compare(rows, head)
    self.assertEqual(status, 0)
    self.assertEqual(self.only_change(result, 'copied_bytes')['verdict'],
                     'same')
    time = self.only_change(result, 'wall_time')
    self.assertEqual(time['verdict'], 'inconclusive')
    self.assertIn('9 are needed', time['reason'])

  def test_one_page_more_is_a_regression(self):
    status, result = self.compare([synthetic.row(CASE, copied_bytes=2**30)],
                                  [synthetic.row(CASE, copied_bytes=2**30 + 1)])
    self.assertEqual((status, result['verdict']), (1, 'regressed'))

  def test_less_is_an_improvement(self):
    status, result = self.compare([synthetic.row(CASE, copied_bytes=8192)],
                                  [synthetic.row(CASE, copied_bytes=4096)])
    self.assertEqual((status, result['verdict']), (0, 'improved'))

  def test_a_counter_that_does_not_repeat_tells_nothing(self):
    base = [synthetic.row(CASE, i, 2, copied_bytes=4096 * (1 + i))
            for i in range(2)]
    for value in (4096, 6144, 8192):
      head = [synthetic.row(CASE, copied_bytes=value)]
      status, result = self.compare(base, head)
      self.assertEqual(status, 2)
      self.assertIn('repetitions',
                    self.only_change(result, 'copied_bytes')['reason'])

  def test_huge_pages_have_no_direction(self):
    status, _ = self.compare([synthetic.row(CASE, huge_bytes=0)],
                             [synthetic.row(CASE, huge_bytes=2**21)])
    self.assertEqual(status, 2)

  def test_different_environments_are_named(self):
    rows = [synthetic.row(CASE, copied_bytes=4096)]
    worse = [synthetic.row(CASE, copied_bytes=8192)]
    for key in ('kernel', 'page_size', 'thp_enabled', 'compiler',
                'allocator_glibc', 'allocator_glibc_settings',
                'mthp_enabled', 'cowbench_version', 'machine', 'build_mode',
                'address_space_randomization'):
      with self.subTest(key):
        status, result = self.compare(rows, worse, head_context={key: 'x'})
        self.assertEqual(status, 2)
        self.assertEqual(list(result['not_comparable']), [key])
        self.assertEqual(
            self.only_change(result, 'copied_bytes')['reason'],
            f'not comparable: {key}')

  def test_another_allocators_version_does_not_matter(self):
    rows = [synthetic.row(CASE, copied_bytes=4096)]
    status, _ = self.compare(rows, rows,
                             head_context={'allocator_jemalloc': 'x'})
    self.assertEqual(status, 0)

  def test_an_unknown_environment_is_not_comparable(self):
    rows = {'benchmarks': [synthetic.row(CASE, copied_bytes=1)]}
    path = synthetic.write(os.path.join(self.folder, 'x.json'), rows)
    status, stdout, _ = self.run_compare(path, path)
    self.assertEqual(status, 2)
    self.assertIn('not comparable: kernel: not recorded', stdout)


class TimeTest(CompareTest):

  def test_slower_with_little_noise(self):
    status, result = self.compare(timed_rows(CASE, 1e-3, 0.01, 1),
                                  timed_rows(CASE, 1.1e-3, 0.01, 2))
    self.assertEqual(status, 1)
    change = self.only_change(result, 'wall_time')
    self.assertEqual(change['verdict'], 'regressed')
    self.assertEqual(change['time']['repetitions'], [9, 9])
    low, high = change['time']['interval']
    self.assertTrue(1.05 < low < 1.1 < high < 1.15)

  def test_slower_with_much_noise(self):
    status, result = self.compare(timed_rows(CASE, 1e-3, 0.2, 1),
                                  timed_rows(CASE, 1.1e-3, 0.2, 2))
    self.assertEqual(status, 2)
    self.assertEqual(self.only_change(result, 'wall_time')['verdict'],
                     'inconclusive')

  def test_the_same(self):
    status, result = self.compare(timed_rows(CASE, 1e-3, 0.01, 1),
                                  timed_rows(CASE, 1e-3, 0.01, 2))
    self.assertEqual((status, result['verdict']), (0, 'same'))

  def test_eight_repetitions_are_not_judged(self):
    status, result = self.compare(timed_rows(CASE, 1e-3, 0.01, 1, n=8),
                                  timed_rows(CASE, 2e-3, 0.01, 2, n=8))
    self.assertEqual(status, 0)  # by the counters
    self.assertEqual(self.only_change(result, 'wall_time')['reason'],
                     'n = 8 and 8; 9 are needed')

  def test_times_alone_with_too_few_repetitions_tell_nothing(self):
    rows = timed_rows(CASE, 1e-3, 0.01, 1, n=8)
    status, result = self.compare(rows, rows, '--metrics=times')
    self.assertEqual(status, 2)
    self.assertEqual([change['metric']
                      for change in result['cases'][0]['changes']],
                     ['wall_time'])

  def test_another_processor_makes_times_incomparable(self):
    rows = timed_rows(CASE, 1e-3, 0.01, 1)
    status, result = self.compare(rows, rows,
                                  head_context={'cpu_model': 'another'})
    self.assertEqual(status, 2)
    self.assertEqual(self.only_change(result, 'copied_bytes')['verdict'],
                     'same')
    self.assertIn('cpu_model', self.only_change(result, 'wall_time')['reason'])


class CasesTest(CompareTest):

  def test_added_and_removed_cases_are_listed(self):
    one = synthetic.row(CASE, copied_bytes=1)
    two = synthetic.row(OTHER, copied_bytes=1)
    for base, head, status, word in (([one], [one, two], 0, 'Added'),
                                     ([one, two], [one], 2, 'Removed')):
      base_path = self.file('base.json', base)
      head_path = self.file('head.json', head)
      for output_format in ('text', 'markdown'):
        with self.subTest(word, format=output_format):
          done, stdout, _ = self.run_compare(base_path, head_path,
                                             f'--format={output_format}')
          self.assertEqual(done, status)
          self.assertIn(word, stdout)
          self.assertIn(OTHER, stdout)

  def test_a_case_that_fails_now_is_a_regression(self):
    good = synthetic.row(CASE, copied_bytes=1)
    bad = synthetic.failed_row(CASE, 'the child died')
    self.assertEqual(self.compare([good], [bad])[0], 1)
    self.assertEqual(self.compare([bad], [bad])[0], 2)
    other = synthetic.row(OTHER, copied_bytes=1)
    self.assertEqual(self.compare([bad, other], [bad, other])[0], 2)
    self.assertEqual(self.compare([bad, other], [good, other])[0], 0)
    _, stdout, _ = self.run_compare(self.file('a.json', [good]),
                                    self.file('b.json', [bad]))
    self.assertIn('the child died', stdout)

  def test_across_an_axis(self):
    rows = [[synthetic.row(case, copied_bytes=value)]
            for case, value in ((CASE, 8192), (OTHER, 4096))]
    status, result = self.compare(*rows, '--across=allocator')
    self.assertEqual((status, result['verdict']), (0, 'improved'))
    self.assertEqual(result['cases'][0]['id'],
                     'cow/boxed/write/*/size:64KiB')
    both = self.file('both.json', rows[0] + rows[1])
    self.assertIn('allocator alone',
                  self.refused(both, both, '--across=allocator'))


class OutputTest(CompareTest):

  HOSTILE = ('<script>alert(1)</script>', '`code`', 'a|b', '"quotes"',
             'new\nline', '\x1b[2J', '[link](http://x)', '@somebody', '\ud800',
             '</code></details>', '_x_', '&lt;')

  def test_names_are_text_in_markdown_and_on_a_terminal(self):
    base = [synthetic.row(name, copied_bytes=1) for name in self.HOSTILE]
    head = [synthetic.row(name, copied_bytes=2) for name in self.HOSTILE]
    paths = self.file('a.json', base), self.file('b.json', head)
    status, markdown, _ = self.run_compare(*paths, '--format=markdown')
    self.assertEqual(status, 1)
    for tag in ('<script', '<b>', '</code></details>', '[link]', '@', '`code`',
                'a|b', '\x1b', '&lt;<'):
      self.assertNotIn(tag, markdown)
    self.assertIn('&lt;script&gt;', markdown)
    self.assertIn('&amp;lt;', markdown)
    for row in markdown.splitlines():
      self.assertIn(row.count('|'), (0, 6, 7))
    status, text, _ = self.run_compare(*paths)
    self.assertIn('<script>alert(1)</script>', text)
    self.assertIn('new\\nline', text)
    self.assertNotIn('\x1b', text)
    status, output, _ = self.run_compare(*paths, '--format=json')
    self.assertEqual({case['id'] for case in json.loads(output)['cases']},
                     set(self.HOSTILE))

  def test_regressions_come_first_in_markdown(self):
    rows = [synthetic.row(CASE, copied_bytes=4096, fresh_bytes=4096,
                          minor_faults=1)]
    head = [dict(rows[0], copied_bytes=8192, fresh_bytes=0)]
    status, text, _ = self.run_compare(
        self.file('a.json', rows), self.file('b.json', head),
        '--format=markdown')
    self.assertEqual(status, 1)
    self.assertTrue(text.startswith('### cowbench: Regressed: 1 regressed'))
    self.assertLess(text.index('**Regressed'), text.index('<details>'))
    self.assertLess(text.index('<details>'), text.index('Improved (1)'))
    self.assertIn('8 KiB', text)
    self.assertIn('+4 KiB, +100 %', text)
    self.assertEqual(text.count('<details>'), text.count('</details>'))

  def test_markdown_fits_into_a_comment(self):
    base = synthetic.full_preset()['benchmarks']
    head = [dict(row, copied_bytes=row['copied_bytes'] + 1) for row in base]
    _, text, _ = self.run_compare(
        self.file('a.json', base), self.file('b.json', head),
        '--format=markdown')
    self.assertLess(len(text), 65536)
    self.assertIn('more: too long to be shown', text)

  def test_out_writes_a_file_where_the_user_is(self):
    self.file('a.json', [synthetic.row(CASE, copied_bytes=1)])
    status, stdout, _ = self.run_compare('a.json', 'a.json', '--out=out.txt')
    self.assertEqual((status, stdout), (0, ''))
    with open(os.path.join(self.folder, 'out.txt'), encoding='utf-8') as file:
      self.assertIn('Same: 1 same', file.read())

  def test_foreign_counters_are_mentioned(self):
    path = self.file('a.json', [synthetic.row(CASE, copied_bytes=1, speed=2)])
    _, stdout, _ = self.run_compare(path, path)
    self.assertIn('counters not judged: speed', stdout)


class PivotTest(CompareTest):

  def pivot(self, rows, axis, *flags):
    return self.run_compare(self.file('a.json', rows), f'--by={axis}', *flags)

  def test_winner_and_ratio(self):
    rows = [synthetic.row(CASE, copied_bytes=12288),
            synthetic.row(OTHER, copied_bytes=4096)]
    status, stdout, _ = self.pivot(rows, 'allocator', '--format=json')
    self.assertEqual(status, 0)
    self.assertEqual(json.loads(stdout), [{
        'id': 'cow/boxed/write/*/size:64KiB',
        'metric': 'copied_bytes',
        'values': {'glibc': 12288, 'jemalloc': 4096},
        'winner': ['jemalloc'],
        'ratio': 3,
        'reason': '',
    }])
    for output_format in ('text', 'markdown'):
      _, stdout, _ = self.pivot(rows, 'allocator', f'--format={output_format}')
      self.assertRegex(stdout, r'12 KiB\W+4 KiB.*jemalloc.*3.00x')

  def test_every_axis(self):
    for axis, one, two in (
        ('layout', CASE, CASE.replace('boxed', 'array')),
        ('pattern', CASE, CASE.replace('write', 'free')),
        ('allocator', CASE, OTHER),
        ('size', CASE, CASE.replace('64KiB', '1MiB')),
        ('touch', CASE, CASE + '/touch:10'),
        ('children', CASE, CASE + '/children:4'),
        ('writer', CASE, CASE + '/writer:parent'),
        ('thp', CASE, CASE + '/thp:always')):
      with self.subTest(axis):
        rows = [synthetic.row(one, copied_bytes=8192),
                synthetic.row(two, copied_bytes=4096)]
        status, stdout, _ = self.pivot(rows, axis, '--format=json')
        self.assertEqual(status, 0)
        [row] = json.loads(stdout)
        self.assertEqual(len(row['winner']), 1)
        self.assertEqual(row['ratio'], 2)

  def test_times_win_only_if_they_are_significant(self):
    for noise, winner in ((0.01, ['glibc']), (0.3, [])):
      rows = (timed_rows(CASE, 1e-3, noise, 1) +
              timed_rows(OTHER, 1.2e-3, noise, 2))
      _, stdout, _ = self.pivot(rows, 'allocator', '--format=json')
      copied, wall = json.loads(stdout)
      self.assertEqual(copied['reason'], 'all the same')
      self.assertEqual((wall['metric'], wall['winner']), ('wall_time', winner))

  def test_nothing_to_pivot(self):
    path = self.file('a.json', [synthetic.row(CASE, copied_bytes=1)])
    self.assertIn('no two cases', self.refused('--by=size', path))


class MistakesTest(CompareTest):

  def test_one_clear_line(self):
    good = self.file('good.json', [synthetic.row(CASE, copied_bytes=1)])
    cut_off = os.path.join(self.folder, 'bad.json')
    with open(cut_off, 'w', encoding='utf-8') as file:
      file.write('{"benchmarks": [')
    for arguments in ([], [good], [good] * 3, ['--by=allocator', good, good],
                      ['--by=color', good], ['--format=html', good, good],
                      ['--nonsense'], [good, '/nonexistent'], [cut_off, good],
                      [good, self.folder], [good, '/dev/null'],
                      [good, 'new\nline'],
                      [good, good, '--out=/nonexistent/folder/file']):
      with self.subTest(arguments):
        self.refused(*arguments)

  def test_a_huge_file_is_refused_within_the_memory(self):
    huge = os.path.join(self.folder, 'huge.json')
    with open(huge, 'wb') as file:
      file.truncate(2 * MEMORY)
    self.assertIn('larger than 48 MiB', self.refused(huge, huge, preexec_fn=limit_memory))

  def test_a_full_preset_fits_into_the_memory(self):
    rows = synthetic.full_preset(repetitions=3)['benchmarks']
    path = self.file('full.json', rows)
    status, stdout, stderr = self.run_compare(path, path,
                                              preexec_fn=limit_memory)
    self.assertEqual((status, stderr), (0, ''))
    self.assertGreater(len(stdout.splitlines()), len(rows) / 3)


if __name__ == '__main__':
  unittest.main()
