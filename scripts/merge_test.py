"""Tests of merging shards, and repetitions."""

import json
import os
import subprocess
import tempfile
import unittest

from scripts import merging
from scripts import results_file
from scripts.testing import synthetic

MERGE = os.path.abspath('scripts/merge')
CASE = 'cow/boxed/write/glibc/size:64KiB'
OTHER = 'cow/boxed/write/jemalloc/size:64KiB'


class MergeTest(unittest.TestCase):

  def setUp(self):
    super().setUp()
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.folder = folder.name

  def file(self, name, rows, **context):
    return synthetic.write(os.path.join(self.folder, name),
                           synthetic.results(rows, **context))

  def run_merge(self, *arguments):
    done = subprocess.run(
        [MERGE, *arguments], text=True, capture_output=True, check=False,
        env=os.environ | {'BUILD_WORKING_DIRECTORY': self.folder})
    return done.returncode, done.stdout, done.stderr

  def refused(self, *arguments):
    status, stdout, stderr = self.run_merge(*arguments)
    self.assertEqual((status, stdout), (2, ''), stderr)
    self.assertRegex(stderr, r'\Amerge: [^\n]+\n\Z')
    self.assertFalse(os.path.exists(os.path.join(self.folder, 'all.json')))
    return stderr

  def test_shards_make_up_the_whole(self):
    whole = synthetic.full_preset(repetitions=2, layouts=('array', 'boxed'))
    whole['benchmarks'].append(synthetic.failed_row(CASE + '/touch:1', 'oops'))
    names = []
    for i in range(3):
      rows = [row for row in whole['benchmarks']
              if len(results_file.case_id_of(row['name'])) % 3 == i]
      self.assertTrue(rows)
      names.append(self.file(f'{i}.json', rows, host_name=f'machine{i}'))
    status, stdout, _ = self.run_merge('--out=all.json', *names)
    self.assertEqual(status, 0)
    self.assertIn(f"{len(whole['benchmarks'])} rows of 3 shards", stdout)
    merged = results_file.load(os.path.join(self.folder, 'all.json'))
    expected = results_file.load(
        synthetic.write(os.path.join(self.folder, 'whole.json'), whole))
    self.assertEqual(merged.cases, expected.cases)

  def test_family_indices_stay_unique(self):
    names = [self.file(f'{i}.json', [synthetic.row(case) |
                                     {'family_index': 0}])
             for i, case in enumerate((CASE, OTHER))]
    self.assertEqual(self.run_merge('--out=all.json', *names)[0], 0)
    with open(os.path.join(self.folder, 'all.json'), encoding='utf-8') as file:
      rows = json.load(file)['benchmarks']
    self.assertEqual([row['family_index'] for row in rows], [0, 1])

  def test_each_shard_knows_its_own_allocators(self):
    one = self.file('1.json', [synthetic.row(CASE)])
    two = self.file('2.json', [synthetic.row(OTHER)], allocator_tcmalloc='2.10',
                    cpu_model='Other CPU')
    self.assertEqual(self.run_merge('--out=all.json', one, two)[0], 0)
    merged = results_file.load(os.path.join(self.folder, 'all.json'))
    self.assertEqual(merged.context['allocator_tcmalloc'], '2.10')
    self.assertEqual(merged.context['cpu_model'], 'Some CPU + Other CPU')

  def test_a_case_in_two_shards_is_refused(self):
    one = self.file('1.json', [synthetic.row(CASE)])
    two = self.file('2.json', [synthetic.row(OTHER), synthetic.row(CASE)])
    self.assertIn(f"'{CASE}' stands in",
                  self.refused('--out=all.json', one, two))
    self.assertIn('stands in', self.refused('--out=all.json', one, one))

  def test_different_environments_are_refused(self):
    one = self.file('1.json', [synthetic.row(CASE)])
    for key in ('kernel', 'page_size', 'compiler', 'allocator_glibc'):
      with self.subTest(key):
        two = self.file('2.json', [synthetic.row(OTHER)], **{key: 'x'})
        self.assertIn(key, self.refused('--out=all.json', one, two))

  def test_bad_files_are_refused(self):
    one = self.file('1.json', [synthetic.row(CASE)])
    broken = os.path.join(self.folder, 'broken.json')
    for text in ('', '{', '[]', '{"benchmarks": [{"name": "x", '
                 '"run_type": "iteration", "wall_time": NaN}]}'):
      with self.subTest(text):
        with open(broken, 'w', encoding='utf-8') as file:
          file.write(text)
        self.refused('--out=all.json', one, broken)
    self.refused('--out=all.json', one, '/nonexistent')
    self.refused('--out=all.json')
    self.refused(one)
    self.refused('--out=/nonexistent/folder/all.json', one)

  def test_nothing_is_overwritten(self):
    one = self.file('1.json', [synthetic.row(CASE)])
    self.assertIn('not overwritten', self.refused('--out=1.json', one))
    results_file.load(one)

  def test_runs_become_repetitions(self):
    paths = [self.file(f'{i}.json', [synthetic.row(CASE, copied_bytes=i),
                                     synthetic.row(OTHER, copied_bytes=9)])
             for i in range(3)]
    merged = synthetic.write(os.path.join(self.folder, 'all.json'),
                             merging.merge_repetitions(paths))
    cases = results_file.load(merged).cases
    self.assertEqual(cases[CASE].samples['copied_bytes'], [0, 1, 2])
    self.assertEqual(cases[OTHER].samples['copied_bytes'], [9, 9, 9])


if __name__ == '__main__':
  unittest.main()
