"""Tests of compare's output, its tables by axis, and bad input."""

import json
import subprocess
import unittest

from scripts.testing import compare as compare_testing
from scripts.testing import synthetic

CASE = compare_testing.CASE
OTHER = compare_testing.OTHER


class OutputTest(compare_testing.CompareTestCase):

  HOSTILE = ('<script>alert(1)</script>', '`code`', 'a|b', '"quotes"',
             'new\nline', '\x1b[2J', '[link](http://x)', '@somebody', '\ud800',
             '</code></details>', '_x_', '&lt;')

  def test_names_are_escaped_in_markdown_and_on_a_terminal(self) -> None:
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

  def test_regressions_come_first_in_markdown(self) -> None:
    rows = [synthetic.row(CASE, copied_bytes=4096, fresh_bytes=4096,
                          minor_faults=1)]
    head = [dict(rows[0], copied_bytes=8192, fresh_bytes=0)]
    status, text, _ = self.run_compare(
        self.file('a.json', rows), self.file('b.json', head),
        '--format=markdown')
    self.assertEqual(status, 1)
    self.assertTrue(text.startswith(
        '### cowbench: Regressed: counters 1 regressed'))
    self.assertLess(text.index('**Regressed'), text.index('<details>'))
    self.assertLess(text.index('<details>'), text.index('Improved (1)'))
    self.assertIn('8 KiB', text)
    self.assertIn('+4 KiB, +100 %', text)
    self.assertEqual(text.count('<details>'), text.count('</details>'))

  def test_markdown_fits_into_a_comment(self) -> None:
    base = synthetic.full_preset()['benchmarks']
    head = [dict(row, copied_bytes=row['copied_bytes'] + 1) for row in base]
    _, text, _ = self.run_compare(
        self.file('a.json', base), self.file('b.json', head),
        '--format=markdown')
    self.assertLess(len(text), 65536)
    self.assertIn('more rows do not fit here', text)

  def test_out_is_relative_to_the_users_directory(self) -> None:
    self.file('a.json', [synthetic.row(CASE, copied_bytes=1)])
    status, stdout, _ = self.run_compare('a.json', 'a.json', '--out=out.txt')
    self.assertEqual((status, stdout), (0, ''))
    self.assertIn('Same: counters 1 same', self.read('out.txt'))

  def test_equal_cases_are_counted_and_not_listed(self) -> None:
    rows = synthetic.full_preset(layouts=('boxed',))['benchmarks']
    head = [dict(row, copied_bytes=row['copied_bytes'] +
                 ('/free/glibc/size:1MiB/' in row['name'])) for row in rows]
    paths = self.file('a.json', rows), self.file('b.json', head)
    status, text, _ = self.run_compare(*paths)
    self.assertEqual(status, 1)
    self.assertEqual(text.count('  cow/'), 2)  # with huge pages and without
    self.assertLess(len(text.splitlines()), 50)
    self.assertRegex(text, r'fork_time .* 560  1.00x \(1.00..1.00\)')
    status, text, _ = self.run_compare(*paths, '--filter=/read/',
                                       '--metrics=copied_bytes,fork_time')
    self.assertEqual(status, 0)
    self.assertNotIn('  cow/', text)
    self.assertNotIn('access_time', text)

  def test_markdown_says_what_head_found(self) -> None:
    path = self.file('a.json', [synthetic.row(CASE, copied_bytes=65536)])
    _, text, _ = self.run_compare(path, path, '--format=markdown')
    self.assertIn('\n- head: Pattern write copies all of boxed (100 %).\n',
                  text)

  def test_undescribed_counters_are_named(self) -> None:
    path = self.file('a.json', [synthetic.row(CASE, copied_bytes=1, speed=2)])
    _, stdout, _ = self.run_compare(path, path)
    self.assertIn('counters not judged: speed', stdout)


class AcrossTest(compare_testing.CompareTestCase):

  def test_files_that_differ_in_one_axis_say_how_to_compare_them(self) -> None:
    def rows(layout: str, suffix: str) -> list[synthetic.Row]:
      return [synthetic.row(f'cow/{layout}/write/glibc/size:{n}MiB{suffix}',
                            copied_bytes=n) for n in range(1, 31)]

    base = self.file('a.json', rows('boxed', ''))
    huge = rows('boxed', '/thp:always')
    status, stdout, _ = self.run_compare(base, self.file('b.json', huge))
    self.assertEqual(status, 2)
    self.assertIn('30 cases removed; no case is in both: //scripts:compare '
                  '--across=thp compares cases that differ in thp alone', stdout)
    self.assertIn('... and 10 more (--format=json)', stdout)
    self.assertLess(len(stdout.splitlines()), 60)
    # Another layout as well: no single axis.
    other = rows('array', '/thp:always')
    _, stdout, _ = self.run_compare(base, self.file('c.json', other))
    self.assertNotIn('--across', stdout)


class PivotTest(compare_testing.CompareTestCase):

  def pivot(self, rows: list[synthetic.Row], axis: str,
            *flags: str) -> tuple[int, str, str]:
    return self.run_compare(self.file('a.json', rows), f'--by={axis}', *flags)

  def test_winner_and_ratio(self) -> None:
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
        'reason': ''}])
    for output_format in ('text', 'markdown'):
      _, stdout, _ = self.pivot(rows, 'allocator', f'--format={output_format}')
      self.assertRegex(stdout, r'12 KiB\W+4 KiB.*jemalloc.*3.00x')

  def test_every_axis(self) -> None:
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

  def test_times_win_only_if_they_are_significant(self) -> None:
    for noise, winner in ((0.01, ['glibc']), (0.3, [])):
      rows = (compare_testing.timed_rows(CASE, 1e-3, noise, 1) +
              compare_testing.timed_rows(OTHER, 1.2e-3, noise, 2))
      _, stdout, _ = self.pivot(rows, 'allocator', '--format=json')
      copied, wall = json.loads(stdout)
      self.assertEqual(copied['reason'], 'all the same')
      self.assertEqual((wall['metric'], wall['winner']), ('wall_time', winner))

  def test_a_busy_machine_has_no_winner_in_time(self) -> None:
    rows = (compare_testing.timed_rows(CASE, 1e-3, 0.01, 1) +
            compare_testing.timed_rows(OTHER, 1.2e-3, 0.01, 2))
    for others, winner, reason in (
        (3, [], 'the machine was busy'), (0, ['glibc'], '')):
      _, stdout, _ = self.pivot([row | {'other_tasks': others} for row in rows],
                                'allocator', '--format=json')
      wall = json.loads(stdout)[1]
      self.assertEqual((wall['winner'], wall['reason']), (winner, reason))

  def test_times_that_the_axis_changes_have_a_table(self) -> None:
    rows = [synthetic.row(f'cow/boxed/{pattern}/glibc/size:1MiB{thp}',
                          copied_bytes=4096, fork_time=fork, exit_time=1e-3)
            for pattern in ('read', 'write')
            for thp, fork in (('/thp:never', 3e-3), ('/thp:always', 2e-4))]
    _, stdout, _ = self.pivot(rows, 'thp')
    self.assertIn('copied_bytes by thp; ratio: largest / smallest; '
                  'no difference in 2 of 2 rows', stdout)
    self.assertRegex(
        stdout, r'fork_time by thp.*\n.*\n.*3 ms +200 us .* 15.00x')
    self.assertNotIn('exit_time', stdout)
    _, stdout, _ = self.pivot(rows, 'thp', '--metrics=counters')
    self.assertNotIn('fork_time', stdout)

  def test_nothing_to_pivot(self) -> None:
    path = self.file('a.json', [synthetic.row(CASE, copied_bytes=1)])
    self.assertIn('no two cases', self.refused('--by=size', path))


class MistakesTest(compare_testing.CompareTestCase):

  def test_one_clear_line(self) -> None:
    good = self.file('good.json', [synthetic.row(CASE, copied_bytes=69632)])
    mistakes: list[list[str]] = [
        [], [good], [good] * 3, ['--by=allocator', good, good],
        ['--by=color', good], ['--format=html', good, good], ['--nonsense'],
        [good, '/dev/null'], [good, good, '--out=/nonexistent/folder/file'],
        [good, good, '--out=/dev/full'],
        *([good, bad] for bad in self.bad_files('good.json'))]
    for arguments in mistakes:
      with self.subTest(arguments):
        self.refused(*arguments)

  def test_a_full_disk_behind_standard_output(self) -> None:
    self.file('good.json', [synthetic.row(CASE, copied_bytes=1)])
    with open('/dev/full', 'w', encoding='utf-8') as full:
      done = subprocess.run(
          [self.PROGRAM, self.path('good.json'), self.path('good.json')],
          stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    self.assertEqual(done.returncode, 2)
    self.assertEqual(done.stderr,
                     'compare: standard output: No space left on device\n')

  def test_a_huge_file_is_refused_with_little_memory(self) -> None:
    with open(self.path('huge.json'), 'wb') as file:
      file.truncate(400 * 2**20)
    outcome = self.run_program('huge.json', 'huge.json')
    self.assertEqual(outcome.status, 2)
    self.assertIn('larger than 90 MiB', outcome.err)
    self.assertLess(outcome.megabytes, 200)

  def test_a_full_preset_needs_little_memory(self) -> None:
    path = self.file('full.json',
                     synthetic.full_preset(repetitions=3)['benchmarks'])
    for output_format in ('text', 'json'):
      outcome = self.run_program(path, path, f'--format={output_format}',
                                 '--out=out')
      self.assertEqual((outcome.status, outcome.err), (0, ''))
      self.assertLess(outcome.megabytes, 200)


if __name__ == '__main__':
  unittest.main()
