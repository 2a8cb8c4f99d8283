"""Draws the pictures of a results file as SVG, without a browser.

  bazel run //scripts:charts -- --out=DIR results.json

The pictures depend on what was measured: the copied share of layout x pattern
for each allocator, where the allocators differ most, copied bytes against size,
the effect of each axis that varies, what the children of a program had copied
over time (//benchmarks:program --interval), and how soon a program runs
(//benchmarks:spawn). They replace files of the same name in DIR. Input is the
JSON that --benchmark_out writes.
"""

import os

from scripts.base import cli
from scripts.base import output
from scripts.drawing import svg
from scripts.reading import results_file


def main(arguments: list[str]) -> int:
  parser = cli.Parser('charts', description=__doc__)
  parser.add_argument('results', metavar='results.json')
  parser.add_argument('-o', '--out', metavar='DIR', type=cli.file_name,
                      default='.', help='folder to write to, made if needed; '
                      'default: the current folder')
  options = parser.parse_args(arguments)
  folder = cli.user_path(options.out)
  path = cli.user_path(options.results)
  pictures = svg.pictures(results_file.load(path))
  if not pictures:
    raise cli.BadInput(f'{path}: no case that a picture can show')
  try:
    os.makedirs(folder, exist_ok=True)
  except OSError as error:
    raise cli.BadInput(f'--out: {folder}: {error.strerror}') from error
  for name, text in pictures.items():
    # An allocator variant may have any name.
    file_name = name.replace(os.sep, '-') + '.svg'
    out = output.path('--out', os.path.join(folder, file_name), [path])
    output.write(out, [text])
    print(f'{out}: written')
  return 0


if __name__ == '__main__':
  cli.run('charts', main)
