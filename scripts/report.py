"""Makes an HTML page, which needs no network, from one or more results files.

  bazel run //scripts:report -- results.json
  bazel run //scripts:report -- base.json head.json --out=changes.html

With several files, the page begins with the changes from the first file to each
other one. Input is the JSON that --benchmark_out writes. scripts/setup --report
installs the chart library.
"""

import os

from scripts.base import cli
from scripts.base import output
from scripts.drawing import library
from scripts.reading import results_file
from scripts.report_page import page


def main(arguments: list[str]) -> int:
  parser = cli.Parser('report', description=__doc__)
  parser.add_argument('results', nargs='+', metavar='results.json')
  parser.add_argument('-o', '--out', metavar='PAGE.html', type=cli.file_name,
                      help='file to write; default: the last results file '
                      'with the ending .html')
  options = parser.parse_args(arguments)
  paths = [cli.user_path(path) for path in options.results]
  wanted = options.out or os.path.splitext(options.results[-1])[0] + '.html'
  out = output.path('--out', wanted, paths)
  for path in paths:
    # The files are read twice, which a pipe does not allow.
    if os.path.exists(path) and not os.path.isfile(path):
      raise cli.BadInput(f'{path}: not a file')
  with open(library.path(), encoding='utf-8') as file:
    charts = file.read()
  runs = [results_file.load(path) for path in paths]
  output.write(out, [page.render(runs, _names(options.results), charts)])
  print(f'{out}: written')
  return 0


def _names(paths: list[str]) -> list[str]:
  """The file names, or the paths of files with the same name."""
  names = [os.path.basename(path) for path in paths]
  return [path if names.count(name) > 1 else name
          for path, name in zip(paths, names)]


if __name__ == '__main__':
  cli.run('report', main)
