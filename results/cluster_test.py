"""Runs docs/cluster.md on a cluster of two nodes, one of which dies."""

import glob
import os
import subprocess
import tempfile
import unittest
from typing import Any

from results import cluster
from scripts.reading import results_file

NODES = ('node1', 'node2')
SHARDS = 4
FLAGS = ('--preset=smoke', '--sizes=1MiB', '--iterations=200',
         '--layouts=array,boxed,string,node_hash_map', '--allocators=glibc')
RUNFILES = os.getcwd()
SCRIPT = os.path.abspath('results/shards.sbatch')


class ClusterTest(unittest.TestCase):

  slurm: cluster.Cluster
  whole: results_file.ResultsFile

  @classmethod
  def setUpClass(cls) -> None:
    if os.geteuid() != 0:
      raise unittest.SkipTest('needs root, for namespaces')
    missing = cluster.missing_programs()
    if missing:
      raise FileNotFoundError(f"scripts/setup --systems installs "
                              f"{', '.join(missing)}")
    # Names of sockets are short.
    cls.slurm = cls.enterClassContext(cluster.Cluster(
        cls.enterClassContext(tempfile.TemporaryDirectory(dir='/tmp')), NODES))
    with tempfile.TemporaryDirectory() as folder:
      path = os.path.join(folder, 'whole.json')
      subprocess.run(['benchmarks/cow', *FLAGS, f'--benchmark_out={path}'],
                     check=True, stdout=subprocess.DEVNULL)
      cls.whole = results_file.load(path)

  def setUp(self) -> None:
    # As the clone in which the user calls sbatch.
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.folder = folder.name
    os.symlink(RUNFILES, self.path('bazel-bin'))

  def path(self, *names: str) -> str:
    return os.path.join(self.folder, *names)

  def submit(self, array: str, *flags: str, **variables: str) -> str:
    return self.slurm.submit(self.folder, f'--array={array}', *flags, SCRIPT,
                             'shards', *FLAGS, **variables)

  def wait(self, job: str) -> dict[str, dict[str, str]]:
    """{index: task} of a job whose tasks have all been completed."""
    cluster.wait_for(f'job {job}', lambda: self.slurm.has_ended(job))
    tasks = {task['ArrayTaskId']: task for task in self.slurm.tasks(job)}
    self.assertEqual({task['JobState'] for task in tasks.values()},
                     {'COMPLETED'}, self.output_of(job))
    return tasks

  def output_of(self, job: str) -> str:
    text = ''
    for path in glob.glob(self.path('**', f'slurm-{job}_*.out'), recursive=True):
      with open(path, encoding='utf-8') as file:
        text += f'\n{os.path.basename(path)}:\n{file.read()}'
    return text

  def script(self, name: str, *arguments: str
             ) -> subprocess.CompletedProcess[str]:
    """Runs one of //scripts."""
    return subprocess.run([f'{RUNFILES}/scripts/{name}', *arguments],
                          cwd=self.folder, check=False, text=True,
                          capture_output=True)

  def merge(self) -> subprocess.CompletedProcess[str]:
    return self.script('merge', '--out=all.json',
                       *sorted(glob.glob(self.path('shards/*/shard.json'))))

  def assert_whole(self) -> None:
    """The merged shards have the rows and counts of the run without shards."""
    merged = self.merge()
    self.assertEqual((merged.returncode, merged.stderr), (0, ''))
    merged_file = results_file.load(self.path('all.json'))
    self.assertEqual(rows_of(merged_file), rows_of(self.whole))

  def test_a_node_that_dies_costs_a_retry_and_no_row(self) -> None:
    job = self.submit(f'0-{SHARDS - 1}')
    victim = cluster.wait_for(
        'a task on node2', lambda: self.slurm.running_task(job, 'node2'))

    def begun() -> list[str]:
      return [path for path in glob.glob(self.path('shards', victim, '.shard-*'))
              if os.path.getsize(path)]

    cluster.wait_for('the first rows', begun)
    self.slurm.power_off('node2')
    self.assertFalse(os.path.exists(self.path('shards', victim, 'shard.json')))
    cluster.wait_for('down', lambda: self.slurm.state('node2') == 'down*')
    self.slurm.power_on('node2')
    tasks = self.wait(job)
    self.assertEqual({index: task['Restarts'] for index, task in tasks.items()},
                     {str(i): str(int(str(i) == victim))
                      for i in range(SHARDS)})
    self.assertTrue(begun())  # The half file is still there, and no shard.
    self.assert_whole()

  def test_a_missing_shard_is_named_and_run_again(self) -> None:
    total = {'TEST_TOTAL_SHARDS': str(SHARDS)}
    self.wait(self.submit(f'0,{SHARDS - 1}', **total))
    refused = self.merge()
    self.assertEqual((refused.returncode, refused.stdout), (2, ''))
    command = f'TEST_TOTAL_SHARDS={SHARDS} sbatch --array=1,2 ...\n'
    self.assertTrue(refused.stderr.endswith(command), refused.stderr)
    self.wait(self.submit('1,2', **total))
    self.assert_whole()

  def test_two_hosts_agree_in_the_same_environment(self) -> None:
    for node in NODES:
      os.mkdir(self.path(node))
      os.symlink(RUNFILES, self.path(node, 'bazel-bin'))
    jobs = [self.slurm.submit(self.path(node), '--array=0',
                              f'--nodelist={node}', SCRIPT, 'all', *FLAGS)
            for node in NODES]
    for job in jobs:
      self.wait(job)
    compared = self.script('compare', '--by=host',
                           *(self.path(node, 'all/0/shard.json')
                             for node in NODES))
    self.assertEqual((compared.returncode, compared.stderr), (0, ''))
    for node in NODES:
      self.assertIn(f'\n{node}: ', '\n' + compared.stdout)
    self.assertIn('environment: the same', compared.stdout)
    self.assertIn('\nAgree: 2 hosts; ', compared.stdout)
    # As a job that does not get the whole node.
    cpus = os.sched_getaffinity(0)
    if len(cpus) == 1:
      self.skipTest('one CPU has no part')
    job = self.slurm.submit(
        self.path('node2'), '--array=0', '--nodelist=node2',
        f"--wrap=taskset -c {min(cpus)} bash {SCRIPT} part {' '.join(FLAGS)}")
    self.wait(job)
    compared = self.script('compare', '--by=host',
                           self.path('node1/all/0/shard.json'),
                           self.path('node2/part/0/shard.json'))
    self.assertEqual((compared.returncode, compared.stderr), (2, ''))
    self.assertIn(
        f'not comparable: cpus_allowed: {len(cpus)} (node1); 1 (node2)\n',
        compared.stdout)


def rows_of(file: results_file.ResultsFile) -> dict[str, Any]:
  """{case: (its repetitions, its failures, its counts)}."""
  counts = file.description.of_kind('count')
  return {case.id: (case.repetitions, case.errors,
                    case.with_counters(counts).samples)
          for case in file.cases.values()}


if __name__ == '__main__':
  unittest.main()
