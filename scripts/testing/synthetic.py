"""Synthetic results files, as --benchmark_out would write them."""

import json
import random
from typing import Any, Sequence

Row = dict[str, Any]

LAYOUTS = ('array', 'boxed', 'boxed_shared', 'linked_list', 'skip_list',
           'hash_chained', 'hash_open', 'btree', 'trie', 'string_pool', 'rope',
           'arena', 'slab', 'graph')
PATTERNS = ('idle', 'read', 'write', 'refcount', 'free', 'churn', 'grow',
            'mark', 'header', 'sort')
ALLOCATORS = ('glibc', 'jemalloc', 'mimalloc', 'tcmalloc')
SIZES = ('64KiB', '256KiB', '1MiB', '4MiB', '16MiB', '64MiB', '256MiB')
UNITS = {'KiB': 2**10, 'MiB': 2**20, 'GiB': 2**30}
PAGE = 4096

# As a suite describes its counters and axes.
_COUNTERS = (
    ('copied_bytes', 'copied', 'bytes', 'count', 'less'),
    ('minor_faults', 'minflt', 'faults', 'count', 'less'),
    ('major_faults', 'majflt', 'faults', 'count', 'less'),
    ('fresh_bytes', 'fresh', 'bytes', 'count', 'less'),
    ('fork_tax_bytes', 'fork tax', 'bytes', 'count', 'less'),
    ('resident_bytes', 'resident', 'bytes', 'count', 'less'),
    ('amplification', 'amplif.', 'ratio', 'count', 'less'),
    ('copied_metadata_bytes', 'metadata', 'bytes', 'count', 'less'),
    ('huge_bytes', 'huge', 'bytes', 'count', ''),
    ('wall_time', 'wall', 'seconds', 'time', 'less'),
    ('fork_time', 'fork', 'seconds', 'time', 'less'),
    ('access_time', 'access', 'seconds', 'time', 'less'),
    ('exit_time', 'exit', 'seconds', 'time', 'less'),
    ('copied_page_time', 'per page', 'seconds', 'time', 'less'),
    ('other_tasks', 'others', 'count', 'load', 'less'))
_AXES = {'touch': '100', 'children': '1', 'writer': 'child',
         'order': 'sequential', 'thp': 'system'}


def described(counters: Sequence[Sequence[str]] = _COUNTERS,
              axes: dict[str, str] | None = None) -> dict[str, str]:
  """The items of a context that describe counters and axes."""
  return {
      'counters': json.dumps([{
          'name': name, 'heading': heading, 'unit': unit, 'kind': kind,
          'better': better, 'meaning': f'What {name} means.'
      } for name, heading, unit, kind, better in counters]),
      'axes': json.dumps([{'name': name, 'default': default}
                          for name, default in (axes or _AXES).items()])}


CONTEXT = {
    'date': '2026-03-14T15:09:26+01:00', 'host_name': 'builder', 'num_cpus': 8,
    'git_commit': '0123456789abcdef0123456789abcdef01234567',
    'cowbench_version': '0.1.0', 'kernel': '6.18.0', 'machine': 'x86_64',
    'cpu_model': 'Some CPU', 'page_size': '4096', 'memory': '24684092 kB',
    'thp_enabled': 'madvise', 'compiler': 'gcc 12.2.0',
    'build_mode': 'optimized', 'allocator_glibc': '2.36',
    'allocator_jemalloc': '5.3.0', **described()}


def row(case_id: str, repetition: int = 0, repetitions: int = 1, /,
        **counters: Any) -> Row:
  """One repetition of one case."""
  name = f'{case_id}/iterations:20/manual_time'
  return {
      'name': name, 'run_name': name, 'run_type': 'iteration',
      'repetitions': repetitions, 'repetition_index': repetition, 'threads': 1,
      'iterations': 20, 'real_time': 0.2, 'cpu_time': 0.01, 'time_unit': 'ms',
      **counters}


def failed_row(case_id: str, message: str) -> Row:
  return {**row(case_id), 'error_occurred': True, 'error_message': message}


def results(rows: list[Row], **context: object) -> dict[str, Any]:
  return {'context': {**CONTEXT, **context}, 'benchmarks': rows}


def write(path: str, content: dict[str, Any]) -> str:
  with open(path, 'w', encoding='utf-8') as file:
    json.dump(content, file)
  return path


def case_counters(layout: str, pattern: str, allocator: str, size: str,
                  noise: random.Random) -> dict[str, float]:
  """Plausible counters that depend only on the case."""
  requested = int(size[:-3]) * UNITS[size[-3:]]
  pages = requested // PAGE + ALLOCATORS.index(allocator)
  share = {'idle': 0.0, 'read': 0.0, 'free': 1.0, 'write': 1.0}.get(
      pattern, (1 + LAYOUTS.index(layout) % 5) / 5)
  if pattern == 'free' and allocator == 'jemalloc':
    share = 0.02
  copied = round(pages * share) * PAGE
  counters: dict[str, float] = {
      'copied_bytes': copied,
      'minor_faults': copied // PAGE,
      'major_faults': 0,
      'fresh_bytes': PAGE if pattern == 'grow' else 0,
      'fork_tax_bytes': (10 + ALLOCATORS.index(allocator)) * PAGE,
      'resident_bytes': pages * PAGE,
      'copied_metadata_bytes': copied // PAGE // 8 * PAGE,
      'huge_bytes': 0,
      'fork_time': (80e-6 + pages * 1e-7) * noise.uniform(0.97, 1.03),
      'access_time': (1e-6 + copied * 2e-10) * noise.uniform(0.97, 1.03),
      'exit_time': 1e-4 * noise.uniform(0.97, 1.03)}
  counters['wall_time'] = sum(
      counters[part] for part in ('fork_time', 'access_time', 'exit_time'))
  if copied:
    counters['copied_page_time'] = counters['access_time'] * PAGE / copied
  if pattern not in ('idle', 'read', 'free'):
    stored = requested // (1 + LAYOUTS.index(layout)**2)
    counters['amplification'] = copied / stored
  return counters


def full_preset(repetitions: int = 1, layouts: Sequence[str] = LAYOUTS,
                sizes: Sequence[str] = SIZES,
                variants: Sequence[str] = ('', '/thp:always')
                ) -> dict[str, Any]:
  """A file as large as the largest preset: about 8000 cases."""
  noise = random.Random(7)
  rows: list[Row] = []
  for layout in layouts:
    for pattern in PATTERNS:
      for size in sizes:
        for allocator in ALLOCATORS:
          for variant in variants:
            case_id = f'cow/{layout}/{pattern}/{allocator}/size:{size}{variant}'
            rows += (
                row(case_id, i, repetitions,
                    **case_counters(layout, pattern, allocator, size, noise))
                for i in range(repetitions))
  return results(rows)
