"""Tests of compare --by=host."""

import json
import unittest
from typing import Any

from scripts.testing import compare as compare_testing
from scripts.testing import synthetic

CASE = compare_testing.CASE
OTHER = compare_testing.OTHER


class HostsTest(compare_testing.CompareTestCase):

  def host(self, name: str, *rows: synthetic.Row, file: str = '',
           **context: Any) -> str:
    return self.file(f'{file or name}.json', list(rows), host_name=name,
                     **context)

  def by_host(self, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Returns (exit status, JSON output)."""
    status, stdout, stderr = self.run_compare('--by=host', '--format=json',
                                              *arguments)
    self.assertEqual(stderr, '')
    result = json.loads(stdout)
    self.assertEqual(result['exit_status'], status)
    return status, result

  def verdicts(self, result: dict[str, Any]) -> list[str]:
    return [row['verdict'] for row in result['rows']]

  def test_hosts_with_equal_counts_agree_at_any_speed(self) -> None:
    paths = [self.host(name, synthetic.row(CASE, copied_bytes=4096,
                                           fork_time=time), cpu_model=name)
             for name, time in (('a', 1e-3), ('b', 3e-3), ('c', 2e-3))]
    status, stdout, _ = self.run_compare('--by=host', *paths)
    self.assertEqual(status, 0)
    self.assertIn('differs: cpu_model: a (a); b (b); c (c)\n', stdout)
    self.assertRegex(stdout, r'fork_time +1.00x +3.00x +2.00x\n')
    self.assertRegex(stdout, r'64KiB +1 ms +3 ms +2 ms +3.00x\n')
    self.assertTrue(stdout.endswith('Agree: 3 hosts; counts 1 agree\n'))

  def test_a_busy_host_is_named(self) -> None:
    paths = [self.host(name, synthetic.row(CASE, copied_bytes=1,
                                           other_tasks=others))
             for name, others in (('a', 0), ('b', 3))]
    status, stdout, _ = self.run_compare('--by=host', *paths)
    self.assertEqual(status, 0)
    self.assertIn('1 case, the machine was busy (3.0 other tasks on 8 CPUs)\n',
                  stdout)
    self.assertEqual(stdout.count('busy'), 1)

  def test_one_byte_more_on_one_host_is_a_disagreement(self) -> None:
    paths = [self.host(name, synthetic.row(CASE, copied_bytes=count),
                       synthetic.row(OTHER, copied_bytes=1))
             for name, count in (('a', 4096), ('b', 4096), ('c', 4097))]
    for order in (paths, paths[::-1]):
      status, result = self.by_host(*order)
      self.assertEqual((status, result['verdict']), (1, 'disagree'))
      self.assertEqual(self.verdicts(result), ['disagree', 'agree'])
      self.assertEqual(result['rows'][0]['values'],
                       {'a': 4096, 'b': 4096, 'c': 4097})
    self.assertEqual(self.by_host(*paths[:2])[0], 0)
    for output_format in ('text', 'markdown'):
      status, stdout, _ = self.run_compare('--by=host', *paths,
                                           f'--format={output_format}')
      self.assertEqual(status, 1)
      self.assertIn('Disagree: 3 hosts; counts 1 disagree, 1 agree',
                    stdout)
      self.assertRegex(stdout, rf'{CASE}.*copied_bytes\W+4 KiB\W+4 KiB')

  def test_other_environments_are_named(self) -> None:
    rows = [synthetic.row(CASE, copied_bytes=count) for count in (1, 2)]
    old = self.host('old', rows[0], kernel='6.1')
    new = self.host('new', rows[1], kernel='6.12')
    status, stdout, _ = self.run_compare('--by=host', old, new)
    self.assertEqual(status, 2)
    self.assertIn('not comparable: kernel: 6.1 (old); 6.12 (new)\n', stdout)
    self.assertIn('Cannot tell: 2 hosts; counts 1 not comparable (1 of them '
                  'differ)\n', stdout)
    self.assertRegex(stdout, r'copied_bytes +1 B +2 B +kernel\n')
    # The hosts with one kernel must agree.
    same = self.host('same', rows[1], kernel='6.12')
    self.assertEqual(self.by_host(old, new, same)[0], 2)
    worse = self.host('worse', rows[0], kernel='6.12')
    status, result = self.by_host(old, new, worse)
    self.assertEqual((status, self.verdicts(result)), (1, ['disagree']))
    # The flag makes the kernel part of what is compared.
    status, _ = self.by_host(old, new, '--across=kernel')
    self.assertEqual(status, 1)
    status, result = self.by_host(new, same, old, '--across=page_size')
    self.assertEqual(status, 2)
    equal = self.host('equal', rows[0], kernel='5.14')
    status, _ = self.by_host(old, equal, '--across=kernel')
    self.assertEqual(status, 0)

  def test_an_allocators_version_affects_its_cases(self) -> None:
    paths = [self.host(name, synthetic.row(CASE, copied_bytes=count),
                       synthetic.row(OTHER, copied_bytes=count),
                       allocator_jemalloc=version)
             for name, version, count in (('a', '5.2', 1), ('b', '5.3', 1),
                                          ('c', '5.3', 1))]
    status, result = self.by_host(*paths)
    self.assertEqual((status, self.verdicts(result)),
                     (2, ['agree', 'not comparable']))
    self.assertEqual(result['rows'][1]['reason'], 'allocator_jemalloc')
    self.assertEqual(self.by_host(*paths[1:])[0], 0)

  def test_unknown_environments_are_not_the_same(self) -> None:
    paths = [synthetic.write(self.path(name), {
        'context': {'host_name': name},
        'benchmarks': [synthetic.row(CASE, copied_bytes=1)]})
             for name in ('a', 'b')]
    self.assertEqual(self.by_host(*paths)[0], 2)

  def test_counts_that_vary_are_no_disagreement(self) -> None:
    a = self.host('a', synthetic.row(CASE, copied_bytes=4096,
                                     copied_bytes_spread=4096))
    b = self.host('b', synthetic.row(CASE, copied_bytes=8192))
    status, result = self.by_host(a, b, '--metrics=copied_bytes')
    self.assertEqual((status, self.verdicts(result)), (2, ['inconclusive']))
    self.assertIn('vary', result['rows'][0]['reason'])
    c = self.host('c', *(synthetic.row(CASE, i, 2, copied_bytes=4096 * (1 + i))
                         for i in range(2)))
    status, result = self.by_host(b, c)
    self.assertEqual((status, self.verdicts(result)), (2, ['inconclusive']))

  def test_a_count_that_one_host_lacks(self) -> None:
    a = self.host('a', synthetic.row(CASE, copied_bytes=1, fresh_bytes=1))
    b = self.host('b', synthetic.row(CASE, copied_bytes=1))
    status, result = self.by_host(a, b)
    self.assertEqual(status, 2)
    self.assertEqual([row['reason'] for row in result['rows']],
                     ['', 'not measured by b'])

  def test_missing_and_failed_cases(self) -> None:
    good = synthetic.row(CASE, copied_bytes=1)
    more = synthetic.row(OTHER, copied_bytes=1)
    bad = synthetic.failed_row(OTHER, 'the child died')
    a = self.host('a', good, more)
    status, result = self.by_host(a, self.host('b', good))
    self.assertEqual((status, result['missing']), (2, {OTHER: ['b']}))
    status, result = self.by_host(a, self.host('b', good, bad))
    self.assertEqual((status, result['failures']),
                     (1, {OTHER: {'b': 'the child died'}}))
    _, stdout, _ = self.run_compare('--by=host', a, self.path('b.json'))
    self.assertIn('the child died', stdout)
    self.assertIn('1 case with errors', stdout)
    # It fails wherever it runs.
    status, _ = self.by_host(self.host('a', good, bad),
                             self.host('b', good, bad))
    self.assertEqual(status, 2)

  def test_a_host_may_have_several_files(self) -> None:
    good = synthetic.row(CASE, copied_bytes=1)
    more = synthetic.row(OTHER, copied_bytes=1)
    one = self.host('a', good, file='1', allocator_tcmalloc='2.10')
    two = self.host('a', more, file='2')
    b = self.host('b', good, more)
    status, result = self.by_host(one, two, b)
    self.assertEqual((status, result['hosts']['a']['cases']), (0, 2))
    status, result = self.by_host(one, two, b, '--filter=jemalloc')
    self.assertEqual((status, [row['id'] for row in result['rows']]),
                     (0, [OTHER]))
    self.assertIn("also appears in another file of the host 'a'",
                  self.refused('--by=host', one, one, b))
    other = self.host('a', more, file='3', kernel='6.1')
    self.assertIn("its kernel is '6.1'",
                  self.refused('--by=host', one, other, b))

  def test_nothing_to_compare(self) -> None:
    a = self.host('a', synthetic.row(CASE, copied_bytes=1))
    b = self.host('b', synthetic.row(OTHER, copied_bytes=1))
    for files in ([a], [a, b]):
      self.assertIn('no case was measured on two hosts; the files are of a',
                    self.refused('--by=host', *files))
    self.assertIn('--across=allocator: with --by=host, name parts',
                  self.refused('--by=host', '--across=allocator', a, b))
    self.assertIn("no case that matches 'none'",
                  self.refused('--by=host', '--filter=none', a, b))


if __name__ == '__main__':
  unittest.main()
