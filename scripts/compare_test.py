"""Tests of compare's verdicts and exit status."""

import unittest

from scripts.testing import compare as compare_testing
from scripts.testing import synthetic

CASE = compare_testing.CASE
OTHER = compare_testing.OTHER
timed_rows = compare_testing.timed_rows


class DeterministicTest(compare_testing.CompareTestCase):

  def test_two_equal_runs_are_the_same(self) -> None:
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

  def test_one_page_more_is_a_regression(self) -> None:
    status, result = self.compare([synthetic.row(CASE, copied_bytes=2**30)],
                                  [synthetic.row(CASE, copied_bytes=2**30 + 1)])
    self.assertEqual((status, result['verdict']), (1, 'regressed'))

  def test_less_is_an_improvement(self) -> None:
    status, result = self.compare([synthetic.row(CASE, copied_bytes=8192)],
                                  [synthetic.row(CASE, copied_bytes=4096)])
    self.assertEqual((status, result['verdict']), (0, 'improved'))

  def test_copied_metadata_is_a_counter(self) -> None:
    status, _ = self.compare([synthetic.row(CASE, copied_metadata_bytes=0)],
                             [synthetic.row(CASE, copied_metadata_bytes=1)])
    self.assertEqual(status, 1)

  def test_a_counter_that_does_not_repeat_is_inconclusive(self) -> None:
    base = [synthetic.row(CASE, i, 2, copied_bytes=4096 * (1 + i))
            for i in range(2)]
    for value in (4096, 6144, 8192):
      head = [synthetic.row(CASE, copied_bytes=value)]
      status, result = self.compare(base, head)
      self.assertEqual(status, 2)
      self.assertIn('repetitions',
                    self.only_change(result, 'copied_bytes')['reason'])

  def test_huge_pages_have_no_direction(self) -> None:
    status, _ = self.compare([synthetic.row(CASE, huge_bytes=4096)],
                             [synthetic.row(CASE, huge_bytes=0)])
    self.assertEqual(status, 2)
    status, _ = self.compare([synthetic.row(CASE, huge_bytes=0)],
                             [synthetic.row(CASE, huge_bytes=2**21)])
    self.assertEqual(status, 2)

  def test_different_environments_are_named(self) -> None:
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

  def test_another_allocators_version_does_not_matter(self) -> None:
    rows = [synthetic.row(CASE, copied_bytes=4096)]
    status, _ = self.compare(rows, rows,
                             head_context={'allocator_jemalloc': 'x'})
    self.assertEqual(status, 0)

  def test_an_allocator_in_one_file_affects_no_other(self) -> None:
    shared = [synthetic.row(CASE, copied_bytes=4096)]
    variant = synthetic.row(CASE.replace('glibc', 'glibc-m1+x.2'),
                            copied_bytes=9)
    names = {'allocator_glibc-m1+x.2': '2.36',
             'allocator_glibc-m1+x.2_settings': 'LD_PRELOAD=/x.so A=1'}
    status, result = self.compare(shared, [*shared, variant],
                                  head_context=names)
    self.assertEqual((status, result['verdict']), (0, 'same'))
    self.assertEqual(result['not_comparable'], {})
    self.assertEqual([case['status'] for case in result['cases']],
                     ['both', 'added'])

  def test_settings_of_one_allocator_affect_no_other(self) -> None:
    rows = [synthetic.row(CASE, copied_bytes=4096),
            synthetic.row(OTHER, copied_bytes=4096)]
    status, result = self.compare(
        rows, rows, head_context={'allocator_jemalloc_settings': 'A=2'})
    self.assertEqual(status, 2)
    self.assertEqual(list(result['not_comparable']),
                     ['allocator_jemalloc_settings'])
    self.assertEqual([case['changes'][0]['verdict']
                      for case in result['cases']], ['same', 'inconclusive'])

  def test_a_case_that_varies_is_inconclusive(self) -> None:
    base = [synthetic.row(CASE, copied_bytes=4096)]
    for spread, verdict in ((0, 'regressed'), (4096, 'inconclusive')):
      head = [synthetic.row(CASE, copied_bytes=8192,
                            copied_bytes_spread=spread)]
      _, result = self.compare(base, head)
      change = self.only_change(result, 'copied_bytes')
      self.assertEqual(change['verdict'], verdict)

  def test_an_unknown_environment_is_not_comparable(self) -> None:
    rows = {'benchmarks': [synthetic.row(CASE, copied_bytes=1)]}
    path = synthetic.write(self.path('x.json'), rows)
    status, stdout, _ = self.run_compare(path, path)
    self.assertEqual(status, 2)
    self.assertIn('not comparable: kernel: not recorded', stdout)


class TimeTest(compare_testing.CompareTestCase):

  def test_time_of_a_copied_page_is_a_time(self) -> None:
    base, head = ([dict(row, copied_page_time=row['wall_time'] / 1000)
                   for row in timed_rows(CASE, wall_time, 0.01, seed)]
                  for seed, wall_time in ((1, 1e-3), (2, 1.2e-3)))
    status, result = self.compare(base, head)
    self.assertEqual(status, 1)
    change = self.only_change(result, 'copied_page_time')
    self.assertEqual(change['verdict'], 'regressed')

  def test_slower_with_little_noise(self) -> None:
    status, result = self.compare(timed_rows(CASE, 1e-3, 0.01, 1),
                                  timed_rows(CASE, 1.1e-3, 0.01, 2))
    self.assertEqual(status, 1)
    change = self.only_change(result, 'wall_time')
    self.assertEqual(change['verdict'], 'regressed')
    self.assertEqual(change['time']['repetitions'], [9, 9])
    low, high = change['time']['interval']
    self.assertTrue(1.05 < low < 1.1 < high < 1.15)

  def test_slower_with_much_noise(self) -> None:
    status, result = self.compare(timed_rows(CASE, 1e-3, 0.2, 1),
                                  timed_rows(CASE, 1.1e-3, 0.2, 2))
    self.assertEqual(status, 2)
    self.assertEqual(self.only_change(result, 'wall_time')['verdict'],
                     'inconclusive')

  def test_the_same(self) -> None:
    status, result = self.compare(timed_rows(CASE, 1e-3, 0.01, 1),
                                  timed_rows(CASE, 1e-3, 0.01, 2))
    self.assertEqual((status, result['verdict']), (0, 'same'))

  def test_eight_repetitions_are_not_judged(self) -> None:
    status, result = self.compare(timed_rows(CASE, 1e-3, 0.01, 1, n=8),
                                  timed_rows(CASE, 2e-3, 0.01, 2, n=8))
    self.assertEqual(status, 0)  # by the counters
    self.assertEqual(self.only_change(result, 'wall_time')['reason'],
                     'n = 8 and 8; 9 are needed')

  def test_times_alone_with_too_few_repetitions_are_inconclusive(self) -> None:
    rows = timed_rows(CASE, 1e-3, 0.01, 1, n=8)
    status, result = self.compare(rows, rows, '--metrics=times')
    self.assertEqual(status, 2)
    self.assertEqual([change['metric']
                      for change in result['cases'][0]['changes']],
                     ['wall_time'])

  def test_times_of_a_busy_machine_are_inconclusive(self) -> None:
    base, head = ([dict(row, other_tasks=others) for row in
                   timed_rows(CASE, wall_time, 0.01, seed)]
                  for seed, wall_time, others in ((1, 1.7e-3, 3), (2, 1e-3, 0)))
    for old, new, name in ((base, head, 'base'), (head, base, 'head')):
      status, result = self.compare(old, new)
      self.assertEqual(status, 2)
      time = self.only_change(result, 'wall_time')
      self.assertEqual((time['verdict'], time['reason']),
                       ('inconclusive', f'the machine was busy in {name} '
                        '(3.0 other tasks on 8 CPUs)'))
      self.assertEqual(self.only_change(result, 'copied_bytes')['verdict'],
                       'same')
    status, _ = self.compare(base, head, '--metrics=counters')
    self.assertEqual(status, 0)
    # Two of eight CPUs are few.
    few = [dict(row, other_tasks=2) for row in base]
    self.assertEqual(self.compare(few, head)[1]['verdict'], 'improved')

  def test_the_load_average_counts_without_other_tasks(self) -> None:
    base, head = (timed_rows(CASE, time, 0.01, time) for time in (1, 2))
    for average, verdict in (([4.5, 0, 0], 'inconclusive'),
                             ([4, 9, 9], 'regressed')):
      _, result = self.compare(base, head, head_context={'load_avg': average})
      self.assertEqual(result['verdict'], verdict)

  def test_times_that_drift_are_inconclusive(self) -> None:
    head = timed_rows(CASE, 1e-3, 0.01, 2)
    # Another program starts in the middle.
    base = [dict(row, wall_time=row['wall_time'] * (1.9 if i < 5 else 1))
            for i, row in enumerate(timed_rows(CASE, 1e-3, 0.01, 1))]
    for old, new in ((base, head), (head, base)):
      _, result = self.compare(old, new)
      time = self.only_change(result, 'wall_time')
      self.assertEqual(time['verdict'], 'inconclusive')
    # A slow drift that is as large as the difference.
    base = [dict(row, wall_time=row['wall_time'] * (1.5 + i / 10))
            for i, row in enumerate(timed_rows(CASE, 1e-3, 0.01, 1))]
    _, result = self.compare(base, head)
    self.assertEqual(self.only_change(result, 'wall_time')['reason'],
                     'times drifted while it was measured')
    # A much larger difference counts.
    base = [dict(row, wall_time=row['wall_time'] * 10) for row in base]
    self.assertEqual(self.compare(base, head)[1]['verdict'], 'improved')

  def test_another_processor_makes_times_incomparable(self) -> None:
    rows = timed_rows(CASE, 1e-3, 0.01, 1)
    status, result = self.compare(rows, rows,
                                  head_context={'cpu_model': 'another'})
    self.assertEqual(status, 2)
    self.assertEqual(self.only_change(result, 'copied_bytes')['verdict'],
                     'same')
    self.assertIn('cpu_model', self.only_change(result, 'wall_time')['reason'])


class CasesTest(compare_testing.CompareTestCase):

  def test_added_and_removed_cases_are_listed(self) -> None:
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

  def test_a_new_failure_is_a_regression(self) -> None:
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

  def test_across_an_axis(self) -> None:
    base, head = ([synthetic.row(case, copied_bytes=value)]
                  for case, value in ((CASE, 8192), (OTHER, 4096)))
    status, result = self.compare(base, head, '--across=allocator')
    self.assertEqual((status, result['verdict']), (0, 'improved'))
    self.assertEqual(result['cases'][0]['id'], 'cow/boxed/write/*/size:64KiB')
    # One file may have an axis that the other one lacks.
    new = self.file('new.json', [synthetic.row(f'{CASE}/heap:aged',
                                               copied_bytes=8192)],
                    **synthetic.described(axes={'touch': '100',
                                                'heap': 'fresh'}))
    old = self.file('old.json', base)
    status, _, _ = self.run_compare(old, new, '--across=heap')
    self.assertEqual(status, 0)
    both = self.file('both.json', base + head)
    self.assertIn('differ only in allocator',
                  self.refused(both, both, '--across=allocator'))

  def test_across_parts_of_the_environment(self) -> None:
    old = self.file('old.json', [synthetic.row(CASE, copied_bytes=8192)],
                    kernel='6.1', mthp_enabled='never')
    new = self.file('new.json', [synthetic.row(CASE, copied_bytes=4096)],
                    kernel='6.18', mthp_enabled='inherit')
    for across, status, words in (('kernel,mthp_enabled', 0, 'Improved:'),
                                  ('kernel', 2, 'Cannot tell:')):
      done, stdout, _ = self.run_compare(old, new, f'--across={across}')
      self.assertEqual(done, status)
      self.assertIn(words, stdout)
      self.assertIn('differs: kernel: 6.1 -> 6.18', stdout)
    self.assertIn('not comparable: mthp_enabled: never -> inherit', stdout)
    self.assertIn("'kernel,no_key' is not an axis",
                  self.refused(old, new, '--across=kernel,no_key'))


if __name__ == '__main__':
  unittest.main()
