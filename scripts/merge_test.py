"""Tests of merging shards and repetitions."""

import json
import os
import unittest

from scripts.base import output
from scripts.reading import merging
from scripts.reading import results_file
from scripts.testing import program
from scripts.testing import synthetic

CASE = 'cow/boxed/write/glibc/size:64KiB'
OTHER = 'cow/boxed/write/jemalloc/size:64KiB'


class MergeTest(program.TestCase):

  PROGRAM = 'scripts/merge'

  def merge(self, *files: str) -> tuple[results_file.ResultsFile, str]:
    """The contents of all.json, and the standard output."""
    outcome = self.run_program('--out=all.json', *files)
    self.assertEqual((outcome.status, outcome.err), (0, ''))
    return results_file.load(self.path('all.json')), outcome.out

  def refused(self, *arguments: str) -> str:
    message = super().refused(*arguments)
    self.assertNotIn('all.json', ' '.join(os.listdir(self.folder)))
    return message

  def test_shards_make_up_the_whole(self) -> None:
    whole = synthetic.full_preset(2, ('array', 'boxed'), variants=('',))
    whole['benchmarks'].append(synthetic.failed_row(CASE + '/touch:1', 'oops'))
    names = []
    for i in range(3):
      rows = [row for row in whole['benchmarks']
              if len(results_file.case_id_of(row['name'])) % 3 == i]
      self.assertTrue(rows)
      names.append(self.file(f'{i}.json', rows, host_name=f'machine{i}'))
    merged, stdout = self.merge(*names)
    self.assertIn('561 cases of 3 shards', stdout)
    expected = results_file.load(
        synthetic.write(self.path('whole.json'), whole))
    self.assertEqual(merged.cases, expected.cases)
    self.assertEqual(merged.context['host_name'],
                     'machine0 + machine1 + machine2')

  def shard(self, index: int, total: int, case: str, cases: str = 'abc') -> str:
    """Writes a file as results/shard.py does."""
    key, _, value = merging.Shard(index, total, cases).context().partition('=')
    return self.file(f'{index}-{cases}.json', [synthetic.row(case)],
                     **{key: value})

  def test_a_missing_shard_is_named(self) -> None:
    cases = [f'{CASE}/touch:{i + 1}' for i in range(4)]
    shards = [self.shard(i, 4, case) for i, case in enumerate(cases)]
    message = self.refused('--out=all.json', shards[0], shards[2])
    self.assertIn('of the 4 shards of its run, 2 shards missing: 1, 3; '
                  'to run a shard again, set TEST_TOTAL_SHARDS=4', message)
    self.assertIn(' sbatch --array=1,3 ', message)
    # A shard of a run of other cases does not stand in for it.
    other = self.shard(3, 4, OTHER, 'def')
    self.assertIn('1 shard missing: 3',
                  self.refused('--out=all.json', *shards[:3], other))
    merged, _ = self.merge(*shards)
    self.assertEqual(list(merged.cases), cases)
    # The whole run is no shard.
    rest = self.file('rest.json', [synthetic.row(OTHER)])
    os.rename(self.path('all.json'), self.path('whole.json'))
    self.merge('whole.json', rest)

  def test_family_indices_stay_unique(self) -> None:
    names = [self.file(f'{i}.json', [synthetic.row(case) | {'family_index': 0}])
             for i, case in enumerate((CASE, OTHER))]
    self.merge(*names)
    rows = json.loads(self.read('all.json'))['benchmarks']
    self.assertEqual([row['family_index'] for row in rows], [0, 1])

  def test_each_shard_knows_its_own_allocators(self) -> None:
    one = self.file('1.json', [synthetic.row(CASE)])
    two = self.file('2.json', [synthetic.row(OTHER)], allocator_tcmalloc='2.10',
                    cpu_model='Other CPU')
    merged, _ = self.merge(one, two)
    self.assertEqual(merged.context['allocator_tcmalloc'], '2.10')
    self.assertEqual(merged.context['cpu_model'], 'Some CPU + Other CPU')

  def test_a_case_in_two_shards_is_refused(self) -> None:
    one = self.file('1.json', [synthetic.row(CASE)])
    two = self.file('2.json', [synthetic.row(OTHER), synthetic.row(CASE)])
    self.assertIn(f"'{CASE}' also appears in",
                  self.refused('--out=all.json', one, two))
    self.assertIn('also appears in', self.refused('--out=all.json', one, one))

  def test_different_environments_are_refused(self) -> None:
    one = self.file('1.json', [synthetic.row(CASE)],
                    allocator_glibc_settings='A=1')
    for key in ('kernel', 'page_size', 'compiler', 'allocator_glibc',
                'allocator_glibc_settings'):
      with self.subTest(key):
        two = self.file('2.json', [synthetic.row(OTHER)], **{key: 'x'})
        self.assertIn(key, self.refused('--out=all.json', one, two))

  def test_bad_files_are_refused(self) -> None:
    one = self.file('1.json', [synthetic.row(CASE, copied_bytes=69632)])
    os.mkfifo(self.path('pipe.json'))
    for bad in (*self.bad_files('1.json'), 'pipe.json'):
      with self.subTest(bad):
        self.refused('--out=all.json', one, bad)
    self.refused('--out=all.json')
    self.refused('--out=/nonexistent/folder/all.json', one)

  def test_nothing_is_overwritten(self) -> None:
    one = self.file('1.json', [synthetic.row(CASE)])
    self.assertIn('not overwritten', self.refused('--out=1.json', one))
    results_file.load(one)

  def test_runs_become_repetitions(self) -> None:
    paths = [self.file(f'{i}.json', [synthetic.row(CASE, copied_bytes=i),
                                     synthetic.row(OTHER, copied_bytes=9)])
             for i in range(3)]
    output.write(self.path('all.json'), merging.merge_repetitions(paths))
    cases = results_file.load(self.path('all.json')).cases
    self.assertEqual(cases[CASE].repetitions, 3)
    self.assertEqual(cases[CASE].samples['copied_bytes'], [0, 1, 2])
    self.assertEqual(cases[OTHER].samples['copied_bytes'], [9, 9, 9])


if __name__ == '__main__':
  unittest.main()
