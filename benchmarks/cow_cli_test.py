"""The command line of //benchmarks:cow: flags, formats and refusals."""

import csv
import io
import json
import os
import re
import tempfile
import unittest

from benchmarks.testing.cow import Cow
from benchmarks.testing.cow import read_results

# 16 cases, whatever other allocators and patterns exist.
ALLOCATORS = ('glibc', 'jemalloc', 'tcmalloc', 'mimalloc')
SIXTEEN = ('--layouts=array', '--patterns=idle,read,copy_out,write',
           '--allocators=' + ','.join(ALLOCATORS))
QUICK = ('--sizes=64KiB', '--iterations=1', *SIXTEEN)


class CommandLineTest(unittest.TestCase):

  def setUp(self) -> None:
    self.cow = Cow('benchmarks/cow')

  def test_mistakes_name_the_flag_and_what_is_accepted(self) -> None:
    for flag, accepted in (
        ('--layouts=list', 'array, boxed, boxed_shuffled'),
        ('--layouts=', 'array, boxed, boxed_shuffled'),
        ('--layouts=array,array', "'array' is given twice"),
        ('--sizes=1MiB,1024KiB', "'1024KiB' is given twice"),
        ('--patterns=fork', 'idle, read, copy_out, write'),
        ('--allocators=malloc', 'glibc, jemalloc, tcmalloc, mimalloc'),
        ('--allocators=glibc,', 'glibc, jemalloc, tcmalloc, mimalloc'),
        ('--preset=huge', 'smoke, default, full'),
        ('--sizes=64KB', 'KiB, MiB or GiB'),
        ('--sizes=1G', '1GiB'),
        ('--sizes=1MiB..64KiB', 'from low to high'),
        ('--sizes=64KiB..1MB', '1MiB'),
        ('--sizes=64KiB..1MiB,256KiB', "'256KiB' is given twice"),
        ('--children=1..65', 'from 1 to 64'),
        ('--children=1..2..4', 'from 1 to 64'),
        ('--sizes=0KiB', 'above zero'),
        ('--sizes=-1MiB', 'above zero'),
        ('--sizes=99999999999999999999GiB', '1048576GiB'),
        ('--touch=0', 'above 0 and up to 100'),
        ('--touch=101', 'above 0 and up to 100'),
        ('--spread=near', 'even, clustered, random, zipf'),
        ('--spread=even,zipf', 'give a --touch below 100'),
        ('--writers=both', 'child, parent, parent_last'),
        ('--children=0', 'from 1 to 64'),
        ('--children=4294967297', 'from 1 to 64'),
        ('--iterations=-3', 'or auto'),
        ('--deadline=soon', 'such as 500ms'),
        ('--benchmark_filter=nowhere', '--benchmark_list_tests'),
        ('--benchmark_filter=(', 'regular expression'),
        ('--benchmark_format=xml', 'console, json, csv'),
        ('--benchmark_repetitions=0', 'from 1 to 10000'),
        ('--benchmark_min_time=1y', 'nor of forks, such as 10x'),
        ('--benchmark_min_time=0x', 'from 1 to 1000000'),
        ('--benchmark_min_time=nan', 'number of seconds'),
        ('--benchmark_min_warmup_time=10x', 'number of seconds'),
        ('--benchmark_perf_counters=CYCLES', 'perf stat'),
        ('--benchmark_color=red', 'true, yes'),
        ('--v=x', 'whole number'),
        ('--benchmark_time_unit=days', 'ns, us, ms, s'),
        ('--benchmark_context=a', 'KEY=VALUE'),
        ('--benchmark_context=a=1,a=2', "'a' is given twice"),
        ('--benchmark_list_tests=maybe', 'true, yes, on, 1, false, no, off, 0'),
        ('--verify=maybe', 'true, yes, on, 1, false, no, off, 0'),
        ('--writers=sibling', 'child, parent'),
        ('--thp=maybe', 'system, never, always'),
        ('--before_fork=clean', 'nothing, release, compact'),
        ('--touch=', 'above 0 and up to 100'),
        ('--allocator_variant=mine', 'NAME=BASE'),
        ('--sizes', 'a value'),
        ('--benchmark_out=/nonexistent/folder/file', 'can be written'),
        ('--benchmark_out=', 'file name'),
    ):
      with self.subTest(flag):
        line = self.cow.refused(flag)
        self.assertIn(flag.split('=')[0], line)
        self.assertIn(accepted, line)
    self.assertIn('add it there: --allocators=glibc,mine',
                  self.cow.refused('--allocators=glibc',
                                   '--allocator_variant=mine=glibc'))
    self.assertIn('--allocator_variant: a value',
                  self.cow.refused('--allocator_variant', '--allocators=glibc'))
    for argument in ('--layout=array', '-x', '--benchmark_unknown', 'smoke',
                     '--nosizes'):
      with self.subTest(argument):
        self.assertIn(argument, self.cow.refused(argument))
    self.assertIn('--patterns',
                  self.cow.refused('--layouts=array', '--patterns=free'))

  def test_help_and_version(self) -> None:
    for flag, text in (('--help', '--layouts'), ('--version', 'cowbench ')):
      status, stdout, stderr = self.cow.run(flag)
      self.assertEqual((status, stderr), (0, ''))
      self.assertIn(text, stdout)

  def test_help_names_all_choices(self) -> None:
    for program, presets in (('benchmarks/cow', ', heaps'),
                             ('benchmarks/cpython', ', seed, seed-tenth')):
      suite = Cow(program)
      _, stdout, _ = suite.run('--help')
      layouts, patterns, allocators = suite.names('--preset=full')
      for name in (*layouts, *patterns):
        self.assertRegex(stdout, rf'\n  {name}(: .|\n)')
      self.assertIn('Allocators: ' + ', '.join(allocators) + '\n', stdout)
      self.assertIn('\nPresets: smoke, default, full' + presets + '\n', stdout)

  def test_ranges(self) -> None:
    for flag, values in (
        ('--sizes=64KiB..1MiB', ['64KiB', '256KiB', '1MiB']),
        ('--sizes=96KiB..1MiB', ['96KiB', '384KiB', '1MiB']),
        ('--children=1..6', ['64KiB', '64KiB/children:2', '64KiB/children:4',
                             '64KiB/children:6'])):
      cases = self.cow.cases('--sizes=64KiB', '--layouts=array',
                             '--patterns=read', '--allocators=glibc', flag)
      self.assertEqual([case.split('size:')[1] for case in cases], values)

  def test_lists_cases(self) -> None:
    status, stdout, stderr = self.cow.run(
        '--benchmark_list_tests', '--preset=smoke',
        '--allocators=' + ','.join(ALLOCATORS),
        '--benchmark_filter=boxed/free/.*size:1MiB$')
    self.assertEqual((status, stderr), (0, ''))
    self.assertEqual(
        [line.split('/iterations')[0] for line in stdout.splitlines()],
        [f'cow/boxed/free/{allocator}/size:1MiB'
         for allocator in ALLOCATORS])
    # A listed name selects its case again.
    name = stdout.splitlines()[2]
    _, again, _ = self.cow.run('--benchmark_list_tests', '--preset=smoke',
                               f'--benchmark_filter=^{name}$')
    self.assertEqual(again, name + '\n')

  def test_estimates_what_a_selection_needs(self) -> None:
    status, stdout, stderr = self.cow.run(
        '--list', '--preset=full', '--sizes=1GiB', *SIXTEEN)
    self.assertEqual((status, stderr), (0, ''))
    _, *cases, total, available = stdout.splitlines()
    self.assertEqual(len(cases), 4 * 4 * 2 * 2)
    needs = {line.split()[0]: line.split()[-2:] for line in cases}
    for case, gib in (('/glibc/size:1GiB', 3.0),
                      ('/glibc/size:1GiB/children:4', 7.5),
                      ('/glibc/size:1GiB/children:4/writer:parent', 3.0)):
      number, unit = needs['cow/array/write' + case]
      # 1.5 times the size for subject and allocator, and again for each writer.
      self.assertAlmostEqual(float(number), gib, delta=0.02)
      self.assertEqual(unit, 'GiB')
    self.assertRegex(total, r'^64 cases +\d+m?.*s +7.5. GiB$')
    self.assertIn('of memory is available', available)

  def test_listing_leaves_an_output_file_alone(self) -> None:
    with tempfile.NamedTemporaryFile('w+') as out:
      out.write('kept')
      out.flush()
      for flag in ('--list', '--benchmark_list_tests'):
        self.cow.run(flag, '--benchmark_out=' + out.name)
      with open(out.name, encoding='utf-8') as file:
        self.assertEqual(file.read(), 'kept')

  def test_json_on_standard_output_is_clean(self) -> None:
    status, stdout, _ = self.cow.run(*QUICK, '--benchmark_format=json')
    self.assertEqual(status, 0)
    self.assertEqual(len(json.loads(stdout)['benchmarks']), 16)

  def test_csv_has_a_field_for_every_counter(self) -> None:
    status, stdout, _ = self.cow.run(*QUICK, '--benchmark_format=csv')
    self.assertEqual(status, 0)
    rows = list(csv.DictReader(io.StringIO(stdout)))
    self.assertEqual(len(rows), 16)
    for row in rows:
      self.assertNotIn(None, row)
      written = '/write/' in row['name']
      self.assertEqual(row['copied_bytes'], '65536' if written else '0')
      self.assertEqual(row['amplification'], '1' if written else '')

  def test_repetitions_and_aggregates(self) -> None:
    with tempfile.TemporaryDirectory() as folder:
      out = os.path.join(folder, 'out.json')
      status, stdout, _ = self.cow.run(
          *QUICK, '--allocators=glibc', '--patterns=write',
          '--benchmark_repetitions=3', '--benchmark_out=' + out)
      self.assertEqual(status, 0)
      rows, _ = read_results(out)
    self.assertEqual(stdout.count('cow/array/write/glibc/size:64KiB '), 3)
    for name in ('mean', 'median', 'stddev', 'cv'):
      self.assertIn(f'cow/array/write/glibc/size:64KiB_{name}', stdout)
    self.assertEqual(len(rows), 1)

  def test_table(self) -> None:
    flags = ('--sizes=1MiB', '--iterations=1', '--layouts=boxed',
             '--patterns=free', '--allocators=glibc,jemalloc',
             '--summary=false')
    for table, columns in (('fit', 7), ('full', 13)):
      status, stdout, _ = self.cow.run(*flags, f'--table={table}')
      self.assertEqual(status, 0)
      heading, rule, glibc, jemalloc, *pivot = stdout.splitlines()
      self.assertEqual(len(heading.replace('fork tax', 'tax')
                           .replace('per page', 'page').split()), columns)
      self.assertEqual({len(rule)}, {len(heading), len(glibc), len(jemalloc)})
      _, copied, *_ = re.split(r'\s{2,}', jemalloc)
      self.assertIn(f' {copied}*', pivot[-1])
      self.assertNotIn('WARNING', stdout)
    self.assertEqual(self.cow.run(*flags, '--table=none')[:2], (0, ''))

  def test_context_describes_every_counter_and_axis(self) -> None:
    status, rows, context = self.cow.results(
        *QUICK, '--allocators=glibc', '--before_fork=nothing,release',
        '--children=2')
    self.assertEqual(status, 0)
    counters = {counter['name']: counter
                for counter in json.loads(context['counters'])}
    for name, row in rows.items():
      measured = set(row) & set(counters)
      self.assertLessEqual({'copied_bytes', 'wall_time'}, measured, name)
      # Google Benchmark's own fields.
      self.assertLessEqual(
          set(row) - measured,
          {'name', 'family_index', 'per_family_instance_index', 'run_name',
           'run_type', 'repetitions', 'repetition_index', 'threads',
           'iterations', 'real_time', 'cpu_time', 'time_unit'})
    for counter in counters.values():
      self.assertEqual(list(counter), ['name', 'heading', 'unit', 'kind',
                                       'better', 'meaning'])
      self.assertIn(counter['unit'],
                    ('bytes', 'faults', 'ratio', 'seconds', 'count'))
    defaults = {axis['name']: axis['default']
                for axis in json.loads(context['axes'])}
    self.assertEqual(defaults['before_fork'], 'nothing')
    self.assertEqual(defaults['children'], '1')
    self.assertEqual(
        {name.partition('size:64KiB')[2] for name in rows},
        {'/children:2', '/children:2/before_fork:release'})

  def test_commit_is_that_of_the_last_build(self) -> None:
    _, _, context = self.cow.results(*QUICK, '--allocators=glibc')
    output, _, _ = os.path.realpath(self.cow.path).rpartition('/bazel-out/')
    with open(f'{output}/bazel-out/volatile-status.txt',
              encoding='utf-8') as file:
      status = dict(line.split(maxsplit=1) for line in file)
    self.assertEqual(context.get('git_commit', ''),
                     status.get('BUILD_SCM_REVISION', '').strip())

  def test_the_users_context_is_added_and_replaces_nothing(self) -> None:
    _, _, context = self.cow.results(
        *QUICK, '--allocators=glibc', '--benchmark_context=who=mü,why=')
    self.assertEqual((context['who'], context['why']), ('mü', ''))
    for key in [*context, 'mhz_per_cpu', 'allocator_mine']:
      if key not in ('who', 'why'):
        with self.subTest(key):
          line = self.cow.refused(*QUICK, f'--benchmark_context=a=b,{key}=evil')
          self.assertIn(f"--benchmark_context: '{key}'", line)
    status, _, stderr = self.cow.run(
        *QUICK, env={**os.environ, 'BENCHMARK_CONTEXT': 'kernel=evil'})
    self.assertEqual(status, 2)
    self.assertIn("--benchmark_context: 'kernel'", stderr)

  def test_bytes_that_no_script_can_read_are_refused(self) -> None:
    for flag in ('--benchmark_context=key=', '--benchmark_context=',
                 '--allocator_variant=mine=glibc,NAME='):
      for text, escaped in (('\udcff', r'\xff'), ('\x1b[2J', r'\x1b[2J'),
                            ('\n', r'\x0a')):
        with self.subTest(flag + escaped):
          line = self.cow.refused(*QUICK, flag + text)
          self.assertIn(escaped, line)
          self.assertIn('UTF-8', line)
    # Messages escape them.
    self.assertIn(r"'\x1b[2J'", self.cow.refused('--layouts=\x1b[2J'))


if __name__ == '__main__':
  unittest.main()
