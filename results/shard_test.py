"""Tests that shards, merged, are the whole run."""

import glob
import os
import re
import subprocess
import tempfile
import unittest
import unittest.mock

from results import shard
from scripts.base import cli
from scripts.reading import merging
from scripts.reading import results_file

COW = os.path.abspath('benchmarks/cow')
SHARD = os.path.abspath('results/run_shard')
FLAGS = ('--preset=smoke', '--sizes=64KiB', '--iterations=1',
         '--patterns=write,free')

# Stands for the suite, and writes a file.
SUITE = '''
for flag; do
  case $flag in
    --benchmark_list_tests) echo cow/array/write/glibc/size:1MiB; exit ;;
    --benchmark_out=*) echo '{}' >"${flag#*=}" ;;
  esac
done
'''


class FilterTest(unittest.TestCase):

  def test_every_data_set_is_in_one_shard(self) -> None:
    ids = [f'cow/{layout}/{pattern}/{allocator}/size:1MiB'
           for layout in ('a', 'b', 'c') for pattern in ('x', 'y')
           for allocator in ('g', 'j')]
    for total in (1, 2, 4, 6):
      filters = [shard.filter_of_shard(ids, i, total) for i in range(total)]
      for case_id in ids:
        self.assertEqual(
            sum(f is not None and re.search(f, case_id) is not None
                for f in filters), 1)

  def test_more_shards_than_data_sets(self) -> None:
    self.assertIsNone(shard.filter_of_shard(['cow/a/x/g/size:1MiB'], 1, 2))


class ShardTest(unittest.TestCase):

  def test_mistakes_are_one_line(self) -> None:
    for variable, text in (('TEST_SHARD_INDEX', 'x'),
                           ('TEST_SHARD_INDEX', '1'),
                           ('TEST_TOTAL_SHARDS', '-1'),
                           ('BUILD_WORKING_DIRECTORY', '/none')):
      environment = os.environ | {'TEST_SHARD_INDEX': '0',
                                  'TEST_TOTAL_SHARDS': '1', variable: text}
      finished = subprocess.run([SHARD, *FLAGS], env=environment, text=True,
                                capture_output=True, check=False)
      self.assertEqual((finished.returncode, finished.stdout), (2, ''))
      self.assertRegex(finished.stderr, rf'\Ashard: {variable}.*\n\Z')

  def test_a_filter_would_be_lost(self) -> None:
    done = subprocess.run([SHARD, *FLAGS, '--benchmark_filter=array'],
                          check=False, text=True, capture_output=True)
    self.assertEqual((done.returncode, done.stdout), (2, ''))
    self.assertRegex(done.stderr, r'\Ashard: --benchmark_filter: .*\n\Z')

  def test_merged_shards_have_the_cases_of_a_whole_run(self) -> None:
    with tempfile.TemporaryDirectory() as folder:
      whole = os.path.join(folder, 'whole.json')
      subprocess.run([COW, *FLAGS, f'--benchmark_out={whole}'], check=True,
                     stdout=subprocess.DEVNULL)
      paths: list[str] = []
      for i in range(3):
        shard_folder = os.path.join(folder, str(i))
        os.mkdir(shard_folder)
        subprocess.run(
            [SHARD, *FLAGS, '--benchmark_context=who=me'], check=True,
            stdout=subprocess.DEVNULL, cwd=folder, env=os.environ | {'TEST_SHARD_INDEX': str(i),
                              'TEST_TOTAL_SHARDS': '3',
                              'TEST_UNDECLARED_OUTPUTS_DIR': shard_folder})
        paths.append(os.path.join(shard_folder, 'shard.json'))
        self.assertTrue(results_file.load(paths[-1]).cases)
        self.assertEqual(os.listdir(shard_folder), ['shard.json'])
      with self.assertRaisesRegex(cli.BadInput, '1 shard missing: 1;'):
        merging.merge_shards(paths[::2])
      merged = os.path.join(folder, 'merged.json')
      with open(merged, 'w', encoding='utf-8') as file:
        _, text = merging.merge_shards(paths)
        file.writelines(text)
      expected = results_file.load(whole)
      actual = results_file.load(merged)
      self.assertEqual(actual.context['who'], 'me')
      self.assertEqual(set(actual.cases), set(expected.cases))
      for case_id, case in expected.cases.items():
        self.assertEqual(actual.cases[case_id].samples['copied_bytes'],
                         case.samples['copied_bytes'])

  def test_more_shards_than_data_sets_are_merged(self) -> None:
    with tempfile.TemporaryDirectory() as folder:
      for i in range(3):
        os.mkdir(os.path.join(folder, str(i)))
        subprocess.run(
            [SHARD, *FLAGS, '--layouts=array,boxed', '--allocators=glibc'],
            check=True, stdout=subprocess.DEVNULL, env=os.environ | {
                'TEST_SHARD_INDEX': str(i), 'TEST_TOTAL_SHARDS': '3',
                'TEST_UNDECLARED_OUTPUTS_DIR': os.path.join(folder, str(i))})
      paths = sorted(glob.glob(os.path.join(folder, '*/shard.json')))
      self.assertEqual(len(paths), 2)
      cases, _ = merging.merge_shards(paths)
      self.assertEqual(cases, 3)

  def test_only_a_finished_run_leaves_a_file(self) -> None:
    for end, status, names in (('exit 0', 0, ['shard.json']),
                               ('exit 1', 1, ['shard.json']),
                               ('exit 130', 130, []),
                               ('kill -9 $$', -9, [])):
      with (self.subTest(end), tempfile.TemporaryDirectory() as folder,
            tempfile.NamedTemporaryFile('w', suffix='.sh') as suite):
        suite.write(SUITE + end)
        suite.flush()
        with (unittest.mock.patch.object(shard, 'COW', ('sh', suite.name)),
              unittest.mock.patch.dict(os.environ, {
                  'TEST_UNDECLARED_OUTPUTS_DIR': folder,
                  'TEST_SHARD_INDEX': '0', 'TEST_TOTAL_SHARDS': '1'})):
          self.assertEqual(shard.main([]), status)
        self.assertEqual(os.listdir(folder), names)

  def test_wrong_flags_are_reported(self) -> None:
    done = subprocess.run([SHARD, '--preset=none'], check=False, text=True,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    self.assertEqual(done.returncode, 2)
    self.assertIn('--preset', done.stderr)


if __name__ == '__main__':
  unittest.main()
