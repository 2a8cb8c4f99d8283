"""Merges the results files of a run's shards into one.

  bazel run //scripts:merge -- shard1.json shard2.json --out=all.json

The result has every row of every file. The files must come from the same
environment, and no case may appear in two of them. If a file is a shard of
//results:shards or of results/shards.sbatch, all shards of its run must be
there.
"""

import os

from scripts.base import cli
from scripts.base import human
from scripts.base import output
from scripts.reading import merging


def main(arguments: list[str]) -> int:
  parser = cli.Parser('merge', description=__doc__)
  parser.add_argument('files', nargs='+', metavar='FILE',
                      help='a file that --benchmark_out wrote')
  parser.add_argument('-o', '--out', default='merged.json', metavar='FILE',
                      type=cli.file_name,
                      help='a new file to write; default: %(default)s')
  options = parser.parse_args(arguments)
  paths = [cli.user_path(path) for path in options.files]
  out = output.path('--out', options.out)
  if os.path.isfile(out):
    raise cli.BadInput(f'--out: {out} exists and is not overwritten')
  cases, text = merging.merge_shards(paths)
  output.write(out, text)
  print(f"{out}: {human.plural(cases, 'case')} of "
        f"{human.plural(len(paths), 'shard')}")
  return 0


if __name__ == '__main__':
  cli.run('merge', main)
