"""Merges the results files of the shards of a run into one.

  bazel run //scripts:merge -- --out=all.json shard1.json shard2.json ...

No row is lost, and none is made up: the files must come from the same
environment, and no case may stand in two of them.
"""

import argparse
import os

from scripts import cli
from scripts import human
from scripts import merging
from scripts import results_file


def main(arguments):
  """Returns the exit status."""
  parser = cli.Parser(
      'merge', description=__doc__,
      formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('files', nargs='+', metavar='shard.json')
  parser.add_argument('--out', required=True, help='file to write, a new one')
  options = parser.parse_args(arguments)
  out = cli.user_path(options.out)
  if os.path.lexists(out):
    raise results_file.BadInput(f'{out}: exists, and is not overwritten')
  paths = [cli.user_path(path) for path in options.files]
  cases, text = merging.merge_shards(paths)
  cli.write_output(text, out)
  print(f"{out}: {human.plural(cases, 'case')} of "
        f"{human.plural(len(paths), 'shard')}")
  return 0


if __name__ == '__main__':
  cli.run('merge', main)
