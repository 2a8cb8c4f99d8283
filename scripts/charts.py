"""Draws the pictures of a results file as SVG, without a browser.

  bazel run //scripts:charts -- --out=DIR results.json
  bazel run //scripts:charts -- --by=page_size 4k.json 16k.json

The pictures depend on what was measured: the copied share of layout x pattern
for each allocator, where the allocators differ most, copied bytes against size,
the effect of each axis that varies, what the children of a program had copied
over time (//benchmarks:program --interval), and how soon a program runs
(//benchmarks:spawn). --by draws several files of the same cases as one: a key of
their contexts, such as page_size or kernel, becomes an axis. The pictures replace
files of the same name in DIR. Input is the JSON that --benchmark_out writes.
"""

import os

from scripts.base import cli
from scripts.base import output
from scripts.drawing import svg
from scripts.reading import joined
from scripts.reading import results_file


def main(arguments: list[str]) -> int:
  parser = cli.Parser('charts', description=__doc__)
  parser.add_argument('results', metavar='results.json', nargs='+')
  parser.add_argument('--by', metavar='KEY', help='draw several files as one, '
                      'with this key of their contexts as an axis')
  parser.add_argument('-o', '--out', metavar='DIR', type=cli.file_name,
                      default='.', help='folder to write to, made if needed; '
                      'default: the current folder')
  options = parser.parse_args(arguments)
  folder = cli.user_path(options.out)
  paths = [cli.user_path(path) for path in options.results]
  if (len(paths) > 1) != bool(options.by):
    raise cli.BadInput('--by=KEY is for several files, and they need it')
  files = [results_file.load(path) for path in paths]
  pictures = svg.pictures(joined.by_context(files, options.by) if options.by
                          else files[0])
  if not pictures:
    raise cli.BadInput(f"{', '.join(paths)}: no case that a picture can show")
  try:
    os.makedirs(folder, exist_ok=True)
  except OSError as error:
    raise cli.BadInput(f'--out: {folder}: {error.strerror}') from error
  for name, text in pictures.items():
    # An allocator variant may have any name.
    file_name = name.replace(os.sep, '-') + '.svg'
    out = output.path('--out', os.path.join(folder, file_name), paths)
    output.write(out, [text])
    print(f'{out}: written')
  return 0


if __name__ == '__main__':
  cli.run('charts', main)
