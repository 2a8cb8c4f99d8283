"""Google Benchmark's flags, as //benchmarks:cow reads them."""

import json
import os
import re
import tempfile
import unittest
from typing import Any

from benchmarks.testing.cow import Cow
from benchmarks.testing.cow import read_results

ONE = ('--layouts=array', '--patterns=write', '--allocators=glibc',
       '--sizes=64KiB')
CASE = 'cow/array/write/glibc/size:64KiB'
# 16 cases.
SIXTEEN = ('--layouts=array', '--patterns=idle,read,copy_out,write',
           '--allocators=glibc,jemalloc,tcmalloc,mimalloc', '--sizes=64KiB',
           '--iterations=1')


# Google Benchmark's fields of a row, without times and counters.
OF_A_ROW = ('name', 'family_index', 'per_family_instance_index', 'run_name',
            'run_type', 'repetitions', 'repetition_index', 'threads',
            'aggregate_name', 'aggregate_unit', 'iterations', 'time_unit')


class BenchmarkFlagsTest(unittest.TestCase):

  def setUp(self) -> None:
    self.cow = Cow('benchmarks/cow')

  def test_no_filter_takes_too_much_time_or_memory(self) -> None:
    for filter_, message in (('(' * 20_000, '20000 bytes'),
                             ('x' * 100_000, 'matches none'),
                             ('(.*)*(.*)*(.*)*x(.*)*Y', 'matches none'),
                             ('((a{1000}){1000}){1000}', 'RE2')):
      with self.subTest(filter_[:30]):
        line = self.cow.refused('--benchmark_filter=' + filter_)
        self.assertIn(message, line)
        self.assertLess(len(line), 400)

  def test_a_filter_is_in_posix_extended_syntax(self) -> None:
    cases = self.cow.cases(*SIXTEEN)
    for filter_, expected in (
        ('^cow/[[:alpha:]]+/(idle|read)/glibc', 2), ('wr?i{1,2}te/g', 1),
        (r'array\b.*/glibc', 4), ('/iterations:1/manual_time$', len(cases)),
        ('-jemalloc|mimalloc|tcmalloc', 4), ('all', len(cases))):
      with self.subTest(filter_):
        self.assertEqual(
            len(self.cow.cases(*SIXTEEN, '--benchmark_filter=' + filter_)),
            expected)

  def test_negative_filter(self) -> None:
    _, stdout, _ = self.cow.run('--benchmark_list_tests', *SIXTEEN,
                                '--benchmark_filter=-write|malloc')
    # All patterns but write, of glibc alone.
    self.assertEqual(len(stdout.splitlines()), 3)

  def test_forks_by_number_and_by_time(self) -> None:
    for flag, forks in (('--benchmark_min_time=7x', 7),
                        ('--benchmark_min_time=0', 1),
                        ('--benchmark_dry_run', 1)):
      with self.subTest(flag):
        _, rows, _ = self.cow.results(*ONE, flag, '--benchmark_repetitions=3')
        self.assertEqual(rows[CASE]['iterations'], forks)
        self.assertEqual(rows[CASE]['repetitions'],
                         1 if flag == '--benchmark_dry_run' else 3)
    for text in ('0.2', '0.2s'):
      status, rows, _ = self.cow.results(
          *ONE, '--benchmark_min_time=' + text,
          '--benchmark_min_warmup_time=0.01s', '--benchmark_repetitions=2')
      self.assertEqual((status, list(rows)), (0, [CASE + '/manual_time']))
      self.assertGreater(rows[CASE + '/manual_time']['iterations'], 1)
      self.assertEqual(self.cow.cases(*ONE, '--benchmark_min_time=' + text),
                       [CASE + '/manual_time'])
    self.assertIn('--iterations', self.cow.refused(
        '--benchmark_min_time=1x', '--iterations=1'))

  def test_flags_of_google_benchmark(self) -> None:
    for word, shown in (('yes', 0), ('1', 0), ('on', 0), ('TRUE', 0),
                        ('no', 1), ('0', 1), ('off', 1), ('false', 1)):
      _, rows, _ = self.cow.results(
          *ONE, '--benchmark_repetitions=2',
          '--benchmark_report_aggregates_only=' + word)
      self.assertEqual(len(rows), shown, word)
    for unit in ('ns', 'us', 'ms', 's'):
      _, rows, _ = self.cow.results(*ONE, '--benchmark_time_unit=' + unit)
      self.assertEqual(rows[CASE]['time_unit'], unit)
    for flag in ('--benchmark_color=no', '--benchmark_color=auto', '--v=1',
                 '--benchmark_counters_tabular', '--benchmark_perf_counters=',
                 '--benchmark_enable_random_interleaving=1'):
      status, rows, _ = self.cow.results(*ONE, flag)
      self.assertEqual((status, list(rows)), (0, [CASE]), flag)

  def test_results_have_the_fields_of_a_plain_program(self) -> None:
    plain = Cow('benchmarks/testing/plain_benchmark')
    for flags in (('--benchmark_repetitions=3',),
                  ('--benchmark_repetitions=2',
                   '--benchmark_report_aggregates_only'),
                  ('--benchmark_repetitions=2',
                   '--benchmark_display_aggregates_only=yes'),
                  ('--benchmark_repetitions=2',
                   '--benchmark_enable_random_interleaving'),
                  (),
                  ('--benchmark_context=who=me,where=here',),
                  ('--benchmark_filter=write',),
                  ('--benchmark_counters_tabular', '--benchmark_color=false')):
      with self.subTest(flags):
        # The two programs have different default units.
        expected, context = self.said_by(
            plain, '--benchmark_time_unit=us', *flags)
        found, our_context = self.said_by(
            self.cow, *ONE, '--iterations=2', '--benchmark_time_unit=us',
            *flags)
        self.assertEqual(found, expected)
        self.assertLessEqual(context.items(), our_context.items())
    self.assertEqual(
        self.cow.run(*ONE, '--iterations=2', '--benchmark_list_tests')[1],
        plain.run('--benchmark_list_tests')[1])

  def test_every_flag_that_google_benchmark_lists(self) -> None:
    values = {'regex': 'write', 'min_time': '0.01', 'filename': '/dev/null',
              'min_warmup_time': '0.01', 'num_repetitions': '2',
              'counters': '', 'key>=<value': 'a=b', 'verbosity': '1'}
    shown = Cow('benchmarks/testing/plain_benchmark').run('--help')[1]
    flags = re.findall(r'--(\w+)=[{<](.+)[}>]', shown)
    self.assertGreater(len(flags), 10)
    for name, choices in flags:
      for choice in choices.split('|'):
        value = values.get(choice, choice)
        with self.subTest(name, value=value):
          status, _, stderr = self.cow.run(*ONE, f'--{name}={value}')
          self.assertEqual(status, 0, stderr)

  def said_by(self, program: Cow, *flags: str) -> tuple[list[Any], Any]:
    """Returns each row without its figures, and the context without the items
    that change from run to run."""
    with tempfile.TemporaryDirectory() as folder:
      out = os.path.join(folder, 'out.json')
      status, _, stderr = program.run('--benchmark_out=' + out, *flags)
      self.assertEqual(status, 0, stderr)
      with open(out, encoding='utf-8') as file:
        results = json.load(file)
    rows = [{name: value for name, value in row.items()
             if name in OF_A_ROW} for row in results['benchmarks']]
    return rows, {name: value for name, value in results['context'].items()
                  if name not in ('date', 'load_avg', 'executable',
                                  'mhz_per_cpu', 'caches')}

  def test_flags_of_google_benchmark_in_the_environment(self) -> None:
    with tempfile.TemporaryDirectory() as folder:
      out = os.path.join(folder, 'out.json')
      variables = {'OUT': out, 'TIME_UNIT': 'us', 'MIN_TIME': '2x',
                   'REPETITIONS': '2', 'CONTEXT': 'who=me', 'COLOR': 'no',
                   'LIST_TESTS': '0', 'COUNTERS_TABULAR': 'yes'}
      env = {**os.environ, **{'BENCHMARK_' + name: value
                              for name, value in variables.items()}}
      status, _, stderr = self.cow.run(*ONE, env=env)
      self.assertEqual(status, 0, stderr)
      rows, context = read_results(out)
      row = rows[CASE]
      self.assertEqual((row['time_unit'], row['iterations'],
                        row['repetitions'], context['who']),
                       ('us', 2, 2, 'me'))
    for name, value in (('MIN_TIME', 'soon'), ('COLOR', 'red'),
                        ('DRY_RUN', 'maybe'), ('PERF_COUNTERS', 'CYCLES')):
      status, _, stderr = self.cow.run(
          *ONE, env={**os.environ, 'BENCHMARK_' + name: value})
      self.assertEqual(status, 2)
      self.assertIn('--benchmark_' + name.lower(), stderr.splitlines()[-1])


if __name__ == '__main__':
  unittest.main()
