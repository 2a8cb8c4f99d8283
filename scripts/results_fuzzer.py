"""Feeds generated results files to the scripts until the time is over.

Each script must accept such a file, or refuse it in one line. Otherwise the
fuzzer prints the smallest such file that it found, and ends with status 1.

  bazel run //scripts:results_fuzzer -- --seconds=60
"""

import contextlib
import gc
import io
import json
import os
import tempfile
import time
from typing import Any, Callable

import hypothesis
from hypothesis import strategies

from scripts import compare
from scripts import export
from scripts import merge
from scripts import report
from scripts.base import cli
from scripts.testing import synthetic

_ANY = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() |
    strategies.floats() | strategies.text(),
    lambda inner: strategies.lists(inner, max_size=3) |
    strategies.dictionaries(strategies.text(), inner, max_size=3),
    max_leaves=5)

_IDS = strategies.sampled_from((
    'cow/array/read/glibc/size:64KiB', 'cow/array/read/glibc/size:1MiB',
    'cow/array/read/jemalloc/size:1MiB/touch:10', 'cow/a', 'BM_x/8', '', '/',
    'cow/array/read/glibc/size:1MiB/iterations:3/manual_time'))

_VALUES = _ANY | strategies.sampled_from((0, 1, 4096, 1e308, -1, 10**400))


def _mostly(usual: strategies.SearchStrategy[Any],
            other: strategies.SearchStrategy[Any]
            ) -> strategies.SearchStrategy[Any]:
  """Of a file with many faults, only the first would be noticed."""
  return strategies.integers(0, 9).flatmap(lambda i: usual if i else other)


def _changed(original: dict[str, Any], names: strategies.SearchStrategy[str]
             ) -> strategies.SearchStrategy[dict[str, Any]]:
  """The object with other values, and with keys added and removed."""
  return strategies.builds(
      lambda gone, new: {**{key: value for key, value in original.items()
                            if key not in gone}, **new},
      strategies.sets(strategies.sampled_from(sorted(original)), max_size=2),
      strategies.dictionaries(names | strategies.text(max_size=5), _VALUES,
                              max_size=3))


_CONTEXT: dict[str, Any] = synthetic.CONTEXT | synthetic.described(
    (('copied_bytes', 'copied', 'bytes', 'count', 'less'),
     ('fork_time', 'fork', 'seconds', 'time', 'less')), {'touch': '100'})

_ROW = synthetic.row('cow/array/read/glibc/size:1MiB', copied_bytes=8192,
                     minor_faults=2, fork_time=1e-4, error_occurred=False,
                     error_message='')


def _rows() -> strategies.SearchStrategy[Any]:
  row = strategies.builds(
      lambda changed, case: {**changed, 'name': case, 'run_name': case},
      _mostly(strategies.just(_ROW),
              _changed(_ROW, strategies.sampled_from(sorted(_ROW)))),
      _mostly(_IDS, _ANY))
  return strategies.lists(_mostly(row, _ANY), max_size=6)


def _described() -> strategies.SearchStrategy[str]:
  """Descriptions of counters or axes for a context."""
  entry = strategies.dictionaries(
      strategies.sampled_from(('name', 'heading', 'unit', 'kind', 'better',
                               'meaning', 'default')),
      strategies.sampled_from(('copied_bytes', 'bytes', 'count', 'less', 'time',
                               'touch', '')) | _ANY)
  return strategies.lists(entry | _ANY, max_size=4).map(json.dumps)


def _over_time() -> strategies.SearchStrategy[str]:
  """What //benchmarks:program adds to a context."""
  usual: dict[str, Any] = {
      'name': 'program/a/child:1', 'repetition': 0, 'begin_seconds': 0.5,
      'copied_bytes': [0, 4096], 'peer_copied_bytes': [0, 0]}
  series = _mostly(strategies.just(usual), _changed(
      usual, strategies.sampled_from(sorted(usual))))
  return strategies.builds(
      lambda interval, found: json.dumps({'interval_seconds': interval,
                                          'series': found}),
      _mostly(strategies.just(0.1), _VALUES),
      _mostly(strategies.lists(_mostly(series, _ANY), max_size=3), _ANY))


def _contexts() -> strategies.SearchStrategy[Any]:
  changed = strategies.builds(
      lambda context, described: {**context, **described},
      _changed(_CONTEXT, strategies.sampled_from(sorted(_CONTEXT))),
      strategies.dictionaries(strategies.sampled_from(('counters', 'axes')),
                              _described() | strategies.text(max_size=3)))
  return _mostly(
      strategies.sampled_from((_CONTEXT, {**_CONTEXT, 'host_name': 'other'})) |
      changed | _over_time().map(
          lambda text: {**_CONTEXT, 'over_time': text}), _ANY)


def _with_junk(file: bytes, at: int, junk: bytes) -> bytes:
  return file[:at] + junk + file[at + len(junk):]


def _files() -> strategies.SearchStrategy[bytes]:
  results = strategies.builds(
      lambda context, rows: json.dumps(
          {'context': context, 'benchmarks': rows}).encode(),
      _contexts(), _rows())
  torn = strategies.builds(
      _with_junk, results, strategies.integers(0, 4000), strategies.binary(max_size=8))
  return _mostly(results, torn | strategies.binary() | _ANY.map(
      lambda value: json.dumps(value).encode()))


def _check(main: Callable[[list[str]], int], arguments: list[str]) -> None:
  """Calls a script's main() as cli.run() does."""
  said = io.StringIO()
  try:
    with contextlib.redirect_stdout(io.StringIO()):
      with contextlib.redirect_stderr(said):
        status = main(arguments)
    assert status in (0, 1, 2), status
    assert all(map(str.isprintable, said.getvalue().split('\n')))
  except cli.BadInput as problem:
    assert cli.printable(str(problem)), 'no message'


def _read_by_all(directory: str, first: bytes, second: bytes) -> None:
  paths = [os.path.join(directory, name) for name in ('a.json', 'b.json')]
  for path, content in zip(paths, (first, second)):
    with open(path, 'wb') as file:
      file.write(content)
  out = os.path.join(directory, 'out')
  for name in os.listdir(directory):
    if name.startswith('out'):
      os.remove(os.path.join(directory, name))
  _check(merge.main, [*paths, f'--out={out}.json'])
  _check(compare.main, paths)
  _check(compare.main, [paths[0], '--by=allocator', '--format=markdown'])
  for name in compare.FORMATS:
    _check(compare.main, [*paths, '--by=host', f'--format={name}'])
  for name in ('bencher', 'csv', 'github-action-benchmark', 'grafana', 'lnt',
               'openmetrics', 'prometheus'):
    _check(export.main, [paths[0], f'--format={name}', f'--out={out}.{name}'])
  _check(report.main, [*paths, f'--out={out}.html'])


def main(arguments: list[str]) -> int:
  parser = cli.Parser('results_fuzzer', description=__doc__)
  parser.add_argument('--seconds', type=float, default=60)
  end = time.monotonic() + parser.parse_args(arguments).seconds
  files = 0
  with tempfile.TemporaryDirectory() as directory:

    @hypothesis.settings(max_examples=100, deadline=None, database=None,
                         suppress_health_check=list(hypothesis.HealthCheck))
    @hypothesis.given(_files(), _files())
    def one_hundred(first: bytes, second: bytes) -> None:
      nonlocal files
      files += 2
      _read_by_all(directory, first, second)

    while time.monotonic() < end:
      one_hundred()
      gc.collect()  # the scripts disable automatic collection
  print(f'{files} files: each was accepted, or refused in one line')
  return 0


if __name__ == '__main__':
  cli.run('results_fuzzer', main)
