"""Draws the report's charts as SVG in node, without a browser."""

import json
import os
import shutil
import subprocess

from scripts.base import cli
from scripts.drawing import data
from scripts.drawing import library
from scripts.reading import results_file

_HERE = os.path.dirname(__file__)

# The report runs the same scripts, in this order.
SCRIPTS = ('format.js', 'model.js', 'theme.js', 'chart.js', 'sizes.js',
           'differences.js', 'single_axis.js', 'over_time.js')
_PICTURES = ('heat_map.js', 'seed.js', 'starts.js', 'pictures.js')

# The data comes by standard input, so no name in it can become code.
_DRIVER = """
const {library, script, data} = JSON.parse(require('fs').readFileSync(0));
const draw = new Function('echarts', 'data', script);
process.stdout.write(JSON.stringify(draw(require(library), data)));
"""


def source(names: tuple[str, ...]) -> str:
  """The text of some of the scripts in this folder."""
  parts = []
  for name in names:
    with open(os.path.join(_HERE, name), encoding='utf-8') as file:
      parts.append(file.read())
  return ''.join(parts)


def pictures(run: results_file.ResultsFile) -> dict[str, str]:
  """{name: SVG} of the pictures that the cases of the run allow."""
  node = shutil.which('node')
  if node is None:
    raise cli.BadInput('node is not installed; run scripts/setup --report')
  request = {'library': library.path(),
             'script': "'use strict';\n" + source(SCRIPTS + _PICTURES),
             'data': data.page_data([run], [''])}
  done = subprocess.run([node, '-e', _DRIVER], input=json.dumps(request),
                        capture_output=True, text=True, check=False)
  if done.returncode != 0:
    raise cli.BadInput(f'node could not draw: {done.stderr.strip()}')
  found: dict[str, str] = json.loads(done.stdout)
  return found
