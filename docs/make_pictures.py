"""Runs the suites and draws the pictures of README.md and of docs.

  bazel run //docs:make_pictures
  bazel run //docs:make_pictures -- --out=DIR

Needs the chart library: scripts/setup --report.
"""

import ctypes
import os
import re
import shutil
import subprocess
import tempfile

from scripts.base import cli

# {file name: (name of //scripts:charts, suite, its flags)}.
PICTURES = {
    'array-or-list': ('seed', 'cow', (
        '--allocators=glibc', '--layouts=array,boxed,boxed_shared',
        '--patterns=read,refcount')),
    'layouts': ('share-glibc', 'cow', (
        '--allocators=glibc',
        '--layouts=array,boxed,boxed_immortal,boxed_side_refcount,string,'
        'node_hash_map')),
    'prefork': ('allocators', 'cow', (
        '--layouts=boxed,string,node_hash_map',
        '--patterns=read,free,churn,grow')),
    'snapshot': ('touch-copied_bytes', 'cow', (
        '--allocators=jemalloc', '--writers=parent', '--patterns=write',
        '--layouts=node_hash_map,string', '--touch=0.01,0.1,1,10,50')),
    'heaps': ('heap-copied_bytes', 'cow', (
        '--layouts=boxed', '--patterns=write', '--heap=fresh,holed,aged')),
    'compacting': ('before_fork-copied_bytes', 'cow', (
        '--layouts=boxed', '--patterns=write', '--heap=aged',
        '--before_fork=nothing,release,compact')),
    'elements': ('element-copied_bytes', 'cow', (
        '--allocators=jemalloc', '--patterns=write', '--touch=1',
        '--layouts=boxed,string,node_hash_map',
        '--element=64,256,1024,4096,16384')),
    'spread': ('spread-copied_bytes', 'cow', (
        '--allocators=jemalloc', '--patterns=write', '--touch=1',
        '--layouts=array,boxed,string,node_hash_map',
        '--spread=even,random,zipf,clustered')),
    'builders': ('builders-fork_tax_bytes', 'cow', (
        '--layouts=boxed', '--patterns=write', '--builders=1,2,4,8')),
    'cpython': ('share-pymalloc', 'cpython', (
        '--allocators=pymalloc',
        '--layouts=list_range,list_same,list_str,dict_int,array_array,'
        'numpy_ones')),
}

# Counts are the same from the first fork on.
_FLAGS = ('--sizes=16MiB', '--iterations=2')

_PR_SET_THP_DISABLE = 41


def main(arguments: list[str]) -> int:
  parser = cli.Parser('make_pictures', description=__doc__)
  parser.add_argument('-o', '--out', metavar='DIR', type=cli.file_name,
                      help='folder to write to; default: docs/pictures')
  options = parser.parse_args(arguments)
  out = cli.user_path(options.out) if options.out else os.path.join(
      os.environ.get('BUILD_WORKSPACE_DIRECTORY', ''), 'docs/pictures')
  os.makedirs(out, exist_ok=True)
  # For all programs: the machine's setting of huge pages would change counts.
  ctypes.CDLL(None).prctl(_PR_SET_THP_DISABLE, 1, 0, 0, 0)
  for name, (picture, suite, flags) in PICTURES.items():
    _draw(os.path.join(out, f'{name}.svg'), picture, suite, *_FLAGS, *flags)
  _draw(os.path.join(out, 'spawn.svg'), 'starts', 'spawn/spawn')
  with tempfile.NamedTemporaryFile('w', suffix='.py') as script:
    with open('docs/program.md', encoding='utf-8') as page:
      script.write(re.findall(r'```python\n(.*?)```', page.read(), re.DOTALL)[0])
    script.flush()
    _draw(os.path.join(out, 'program.svg'), 'over-time', 'program',
          '--interval=20ms', '--', '/usr/bin/python3', script.name)
  return 0


def _draw(target: str, picture: str, program: str, *arguments: str) -> None:
  """Runs a program and draws this picture of its results."""
  with tempfile.TemporaryDirectory() as work:
    results = os.path.join(work, 'results.json')
    _run(f'benchmarks/{program}', f'--benchmark_out={results}', *arguments)
    _run('scripts/charts', results, f'--out={work}')
    shutil.copyfile(os.path.join(work, f'{picture}.svg'), target)
  print(f'{target}: written')


def _run(*command: str) -> None:
  done = subprocess.run(command, stdout=subprocess.PIPE, text=True,
                        stderr=subprocess.STDOUT, check=False)
  if done.returncode != 0:
    raise cli.BadInput(f'{command[0]} failed: {done.stdout}')


if __name__ == '__main__':
  cli.run('make_pictures', main)
