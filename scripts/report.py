"""Makes one HTML page, which needs no network, of one or several results files.

  bazel run //scripts:report -- out.html a.json [b.json ...]

Input is the JSON that --benchmark_out writes.
"""

import os

from scripts.base import cli
from scripts.base import output
from scripts.reading import results_file
from scripts.report_page import page

# Where npm puts the chart library, seen from the root of the source tree and
# of the runfiles alike.
_LIBRARY = 'node_modules/echarts/dist/echarts.min.js'


def main(arguments: list[str]) -> int:
  """Returns the exit status."""
  parser = cli.Parser('report', description=__doc__)
  parser.add_argument('out', metavar='out.html', type=cli.file_name)
  parser.add_argument('results', nargs='+', metavar='results.json')
  options = parser.parse_args(arguments)
  paths = [cli.user_path(path) for path in options.results]
  out = output.path('out.html', options.out, paths)
  _check(out, paths)
  library = _library()
  runs = [results_file.load(path) for path in paths]
  output.write(out, [page.render(runs, _names(options.results), library)])
  print(f'{out}: written')
  return 0


def _check(out: str, paths: list[str]) -> None:
  # Without the page's name, the first results file is in its place.
  if not out.endswith(('.html', '.htm')):
    raise cli.BadInput(
        f'{out}: the page to write comes first, and ends in .html')
  for path in paths:
    # They are read twice, which a pipe cannot be.
    if os.path.exists(path) and not os.path.isfile(path):
      raise cli.BadInput(f'{path}: not a file')


def _library() -> str:
  root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
  try:
    with open(os.path.join(root, _LIBRARY), encoding='utf-8') as file:
      return file.read()
  except OSError:
    raise cli.BadInput(
        'the chart library is not installed; scripts/setup --dev'
        ' installs it') from None


def _names(paths: list[str]) -> list[str]:
  """File names, or whole paths where two files have the same name."""
  names = [os.path.basename(path) for path in paths]
  return [path if names.count(name) > 1 else name
          for path, name in zip(paths, names)]


if __name__ == '__main__':
  cli.run('report', main)
