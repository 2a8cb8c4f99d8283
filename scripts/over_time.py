"""Draws what each child of a program had copied, over time, as SVG.

  bazel run //scripts:over_time -- results.json -o program.svg

Input is the JSON that //benchmarks:program writes with --interval.
"""

import html
import json
import math
from typing import Any, Iterator

from scripts.base import cli
from scripts.base import output
from scripts.reading import results_file

_WIDTH, _HEIGHT = 720, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 40, 40
# Okabe and Ito's, which people of any colour vision tell apart.
_COLORS = ('#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9')
_MOST_NAMED = 6


def draw(over_time: Any) -> Iterator[str]:
  """Returns the lines of a picture of the context's `over_time`."""
  interval: float = over_time['interval_seconds']
  series = [(each, [own + peer for own, peer in zip(
      each['copied_bytes'], each['peer_copied_bytes'])])
      for each in over_time['series'] if each['repetition'] == 0]
  seconds: float = max(each['begin_seconds'] + len(copied) * interval
                for each, copied in series)
  step = _step(max(max(copied) for _, copied in series) / 2**20)
  top = step * math.ceil(max(
      max(copied) for _, copied in series) / 2**20 / step) or step

  def x(at: float) -> float:
    return _LEFT + at / seconds * (_WIDTH - _LEFT - _RIGHT)

  def y(mib: float) -> float:
    return _HEIGHT - _BOTTOM - mib / top * (_HEIGHT - _TOP - _BOTTOM)

  yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} '
         f'{_HEIGHT}" font-family="sans-serif" font-size="12" fill="#555">\n'
         f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>\n')
  for i in range(round(top / step) + 1):
    yield (f'<path d="M{_LEFT} {y(i * step):.1f}H{_WIDTH - _RIGHT}" '
           f'stroke="#ddd"/><text x="{_LEFT - 8}" y="{y(i * step) + 4:.1f}" '
           f'text-anchor="end">{i * step:g} MiB</text>\n')
  unit = _step(seconds)
  for i in range(int(seconds / unit) + 1):
    yield (f'<text x="{x(i * unit):.1f}" y="{_HEIGHT - _BOTTOM + 20}" '
           f'text-anchor="middle">{i * unit:g} s</text>\n')
  for i, (each, copied) in enumerate(series):
    color = _COLORS[i % len(_COLORS)]
    points = ' '.join(
        f'{x(each["begin_seconds"] + k * interval):.1f},{y(value / 2**20):.1f}'
        for k, value in enumerate([0, *copied]))
    yield (f'<polyline points="{points}" fill="none" stroke="{color}" '
           'stroke-width="1.5"/>\n')
    if i < _MOST_NAMED:
      name = html.escape(each['name'].partition('/child:')[2])
      yield (f'<text x="{_LEFT + 90 * i}" y="20" fill="{color}">'
             f'child {name}</text>\n')
  yield '</svg>\n'


def _step(most: float) -> float:
  """A round number, of which four to ten make `most`."""
  power: float = 10.0 ** math.floor(math.log10(max(most, 1e-3) / 4))
  return power * max(k for k in (1, 2, 2.5, 5)
                     if k == 1 or 4 * k * power <= most)


def main(arguments: list[str]) -> int:
  """Returns the exit status."""
  parser = cli.Parser('over_time', description=__doc__)
  parser.add_argument('results', metavar='results.json')
  parser.add_argument('-o', '--out', metavar='FILE.svg', type=cli.file_name,
                      default='over_time.svg', help='file to write; default: '
                      'over_time.svg')
  options = parser.parse_args(arguments)
  path = cli.user_path(options.results)
  out = output.path('--out', options.out, [path])
  text = results_file.load(path).context.get('over_time')
  over_time = json.loads(text) if isinstance(text, str) else {}
  if not over_time.get('series'):
    raise cli.BadInput(
        f'{path}: no children over time in it, which //benchmarks:program '
        '--interval writes')
  output.write(out, draw(over_time))
  print(f'{out}: written')
  return 0


if __name__ == '__main__':
  cli.run('over_time', main)
