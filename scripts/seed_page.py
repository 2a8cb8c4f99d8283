"""Writes results/seed.md: cowbench's counts of the experiment it started from.

  bazel run //scripts:seed_page -- cpython.json model.json naive.json

cpython.json comes from `bazel run //benchmarks:cpython -- --preset=seed`,
model.json from //benchmarks:cow with as many elements, and naive.json from
//scripts:seed_experiment. The page lists the commands. Three more files add
another scale.
"""

import dataclasses
import json
import math
import os
import string

from scripts.base import cli
from scripts.base import human
from scripts.base import output
from scripts.reading import description as descriptions
from scripts.reading import results_file

_SEED_ELEMENTS = 10**8
_MIB = 2**20
_TEMPLATE = os.path.join(os.path.dirname(__file__), 'seed_page.md')

# Bytes of an element, as in lib/python/layouts.h and lib/workload/*.h: they
# turn a size into a number of elements.
_ELEMENT_BYTES = {'numpy_ones': 8, 'list_range': 36, 'list_same': 8,
                  'array': 8, 'boxed': 32, 'boxed_shared': 8}

@dataclasses.dataclass(frozen=True)
class _Row:
  """One operation, and the cases with its figures."""
  statement: str
  case: tuple[str, str]  # CPython's layout and pattern.
  model: tuple[str, str]
  question: str


# CPython, the model, the path of naive.json.
_Scale = tuple[results_file.ResultsFile, results_file.ResultsFile, str]

_ROWS = (
    _Row('data = np.ones((N, N)); data.sum()', ('numpy_ones', 'sum'),
         ('array', 'read'), 'shared'),
    _Row('data = list(range(n)); sum(data)', ('list_range', 'sum'),
         ('boxed', 'refcount'), 'copied'),
    _Row('data = list(range(n)); for x in data: pass', ('list_range', 'for'),
         ('boxed', 'refcount'), 'copied'),
    _Row('data = [1] * n; sum(data)', ('list_same', 'sum'),
         ('boxed_shared', 'refcount'), 'shared'),
    _Row('data = [1] * n; for x in data: pass', ('list_same', 'for'),
         ('boxed_shared', 'refcount'), 'shared'))


@dataclasses.dataclass(frozen=True)
class _Copied:
  """What each child of a case copied."""
  total: float
  own: float
  elements: int
  children: int
  spread: float  # The largest minus the smallest repetition.

  @property
  def data(self) -> float:
    return self.total - self.own


def _find(results: results_file.ResultsFile, layout: str,
          pattern: str) -> _Copied:
  """The one case of that layout and pattern."""
  found = [case for case in results.cases.values()
           if (case.axes['layout'], case.axes['pattern']) == (layout, pattern)]
  if len(found) != 1:
    raise cli.BadInput(
        f'{results.path}: has {human.plural(len(found), "case")} of '
        f'{layout}/{pattern}; expected one')
  case = found[0]
  if case.errors:
    raise cli.BadInput(f'{results.path}: {case.id}: {case.errors[0]}')
  for counter in ('copied_bytes', 'copied_metadata_bytes'):
    if counter not in case.samples:
      raise cli.BadInput(f'{results.path}: {case.id}: has no {counter}')
  copied = case.samples['copied_bytes']
  return _Copied(
      total=max(copied), own=max(case.samples['copied_metadata_bytes']),
      elements=(descriptions.size_bytes(case.axes['size']) //
                _ELEMENT_BYTES[layout]),
      children=int(case.axes['children']), spread=max(copied) - min(copied))


def _naive(path: str) -> tuple[dict[tuple[str, str], float], int, int]:
  """{(layout, pattern): bytes for each worker}, elements, workers."""
  try:
    with open(path, encoding='utf-8') as file:
      root = json.load(file)
    workers = root['workers']
    used = {(row['layout'], row['pattern']): row['used_bytes'] / workers
            for row in root['experiments']}
    return used, root['elements'], workers
  except OSError as error:
    raise cli.BadInput(f'{path}: {error.strerror}') from error
  except (ValueError, KeyError, TypeError, ZeroDivisionError) as error:
    raise cli.BadInput(
        f'{path}: not written by //scripts:seed_experiment') from error


def _megabytes(value: float) -> str:
  if abs(value) < _MIB:
    return human.bytes_text(value)
  return f'{value / _MIB:.0f} MiB'


def _repetitions(results: results_file.ResultsFile) -> int:
  return min(len(case.samples.get('copied_bytes', ()))
             for case in results.cases.values())


def _section(cpython: results_file.ResultsFile,
             model: results_file.ResultsFile, naive_path: str) -> list[str]:
  """The lines about one scale."""
  naive, naive_elements, workers = _naive(naive_path)
  elements = round(_find(cpython, 'list_range', 'sum').elements, -3)
  rows = math.isqrt(_find(cpython, 'numpy_ones', 'sum').elements)
  children = _find(cpython, 'list_range', 'sum').children
  if children != workers or abs(naive_elements / elements - 1) > 0.01:
    raise cli.BadInput(
        f'{naive_path}: {workers} workers over {naive_elements} elements, but '
        f'{cpython.path} has {children} over {elements}')
  scaled = (f', **scaled down from {_SEED_ELEMENTS:,}**'
            if elements < _SEED_ELEMENTS else ', as in the question')
  lines = [
      f'\n## n = {elements:,}, N = {rows:,}{scaled}; {children} workers\n',
      '| each worker | question | free memory | CPython | own | model | ratio |',
      '|---|---|---:|---:|---:|---:|---:|']
  for row in _ROWS:
    real = _find(cpython, *row.case)
    modelled = _find(model, *row.model)
    if abs(modelled.elements / real.elements - 1) > 0.001:
      raise cli.BadInput(
          f"{model.path}: {'/'.join(row.model)} has {modelled.elements} "
          f"elements, but {'/'.join(row.case)} in {cpython.path} has "
          f'{real.elements}')
    ratio = f'{modelled.data / real.data:.3f}' if real.data > _MIB else '-'
    lines.append(
        f'| `{row.statement}` | {row.question} | '
        f'{_megabytes(naive.get(row.case, float("nan")))} | '
        f'{_megabytes(real.total)} | {_megabytes(real.own)} | '
        f'{_megabytes(modelled.total)} | {ratio} |')
  spread = max(_find(cpython, *row.case).spread /
               _find(cpython, *row.case).total for row in _ROWS)
  repetitions = _repetitions(cpython)
  if repetitions > 1:
    lines.append(f'\n{repetitions} repetitions differ by {100 * spread:.3f} % '
                 'at most.')
  return lines


def _commands(scales: list[_Scale]) -> list[str]:
  """The commands that made the page."""
  lines = []
  for index, (cpython, model, naive_path) in enumerate(scales):
    _, elements, workers = _naive(naive_path)
    preset = 'seed' if index == 0 else 'seed-tenth'
    suffix = '' if index == 0 else '-tenth'
    parts = [(layout, pattern, next(
        case.axes['size'] for case in model.cases.values()
        if case.axes['layout'] == layout))
             for layout, pattern in (('array', 'read'), ('boxed', 'refcount'),
                                     ('boxed_shared', 'refcount'))]
    selected = '|'.join(f'/{layout}/{pattern}/.*:{size}/'
                        for layout, pattern, size in parts)
    repetitions = _repetitions(cpython)
    repeated = (f'--benchmark_repetitions={repetitions} '
                if repetitions > 1 else '')
    lines += [
        f'bazel run //benchmarks:cpython -- --preset={preset} --deadline=10m '
        f'--iterations=1 \\\n  {repeated}--benchmark_out=cpython{suffix}.json',
        'bazel run //benchmarks:cow -- --layouts=array,boxed,boxed_shared '
        '--patterns=read,refcount \\\n'
        f'  --sizes={",".join(size for _, _, size in parts)} '
        f'--allocators=glibc --children={workers} \\\n'
        f"  --benchmark_filter='{selected}' \\\n"
        '  --deadline=10m --iterations=1 '
        f'--benchmark_out=model{suffix}.json',
        f'bazel run //scripts:seed_experiment -- --elements={elements} '
        f'--out=naive{suffix}.json']
  files = ' \\\n  '.join(
      f'cpython{s}.json model{s}.json naive{s}.json'
      for s in ('', '-tenth')[:len(scales)])
  lines.append(f'bazel run //scripts:seed_page -- \\\n  {files}')
  return lines


def page(scales: list[_Scale]) -> str:
  """The page's text; the largest scale comes first."""
  largest = scales[0][0]
  boxed = _find(largest, 'list_range', 'sum')
  with open(_TEMPLATE, encoding='utf-8') as file:
    template = string.Template(file.read())
  return template.substitute(
      {'allocator_pymalloc': 'an unknown CPython', 'kernel': 'unknown',
       'num_cpus': 'some', 'memory': 'an unknown amount',
       'thp_enabled': 'unknown'} | largest.context,
      sections='\n'.join(line for scale in scales for line in _section(*scale)),
      boxed_bytes=f'{boxed.data / boxed.elements:.3f}',
      numpy_own=_megabytes(_find(largest, 'numpy_ones', 'sum').own),
      same_own=_megabytes(_find(largest, 'list_same', 'sum').own),
      commands='\n'.join(_commands(scales)))


def main(arguments: list[str]) -> int:
  parser = cli.Parser('seed_page', description=__doc__)
  parser.add_argument('files', nargs='+', metavar='FILE',
                      help='cpython.json, model.json and naive.json of each '
                      'scale, the largest first')
  parser.add_argument('-o', '--out', default='results/seed.md', metavar='FILE',
                      type=cli.file_name,
                      help='file to write; default: %(default)s')
  options = parser.parse_args(arguments)
  if len(options.files) % 3:
    parser.error(f'three files for each scale expected, {len(options.files)} '
                 'given')
  files = [cli.user_path(path) for path in options.files]
  out = output.path('--out', options.out, files)
  paths = [files[i:i + 3] for i in range(0, len(files), 3)]
  scales = [(results_file.load(cpython), results_file.load(model), naive)
            for cpython, model, naive in paths]
  output.write(out, [page(scales)])
  return 0


if __name__ == '__main__':
  cli.run('seed_page', main)
