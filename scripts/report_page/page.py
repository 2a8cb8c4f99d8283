"""Puts the page together: one file that needs nothing else."""

import base64
import hashlib
import html
import json
import os
import string
from typing import Any

from scripts.base import human
from scripts.findings import findings
from scripts.findings import status
from scripts.reading import description as descriptions
from scripts.reading import results_file
from scripts.report_page import data

_HERE = os.path.dirname(__file__)

# In the order in which they are run.
_SCRIPTS = ('dom.js', 'format.js', 'model.js', 'theme.js', 'chart.js',
            'plots.js', 'heat_map.js', 'table.js', 'main.js')

# Context of Google Benchmark that says little about a run of this suite.
_NO_ENVIRONMENT = frozenset(
    ('caches', 'library_build_type', 'json_schema_version', *descriptions.KEYS))

# Context that the page's first sentence names.
_WHERE = {'kernel': 'kernel', 'cpu_model': 'on', 'date': 'measured'}


def render(runs: list[results_file.ResultsFile], names: list[str],
           library: str) -> str:
  """The page as text; `library` is the chart library's source."""
  template = string.Template(_asset('template.html'))
  script = "(() => {\n'use strict';\n" + ''.join(
      _asset(name) for name in _SCRIPTS) + '})();\n'
  return template.substitute({
      'CSP': _policy(library, script),
      'TITLE': html.escape(f"cowbench: {', '.join(names)}"),
      'STYLE': _asset('report.css'),
      'LEDE': html.escape(_lede(runs)),
      'FINDINGS': ''.join(_findings(run, name, len(runs) > 1)
                          for run, name in zip(runs, names)),
      'ENVIRONMENT': _environment(runs, names),
      'MEANINGS': _meanings(runs),
      'DATA': _json(data.page_data(runs, names)),
      'RAW': '\n'.join(_raw(run.path, name) for run, name in zip(runs, names)),
      'LIBRARY': library,
      'SCRIPT': script})


def _asset(name: str) -> str:
  with open(os.path.join(_HERE, name), encoding='utf-8') as file:
    return file.read()


def _policy(*scripts: str) -> str:
  """Only these scripts run, and nothing is fetched from anywhere."""
  digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
  hashes = ' '.join(f"'sha256-{base64.b64encode(digest).decode()}'"
                    for digest in digests)
  # Charts and the style sheet set styles; neither comes from the data.
  return (f"default-src 'none'; script-src {hashes};"
          " style-src 'unsafe-inline'; img-src data:;"
          " base-uri 'none'; form-action 'none'")


def _json(value: Any) -> str:
  """JSON that HTML cannot mistake for markup."""
  text = json.dumps(value, separators=(',', ':'), ensure_ascii=True)
  for character in '<>&':
    text = text.replace(character, f'\\u{ord(character):04x}')
  return text


def _raw(path: str, name: str) -> str:
  """An input file, as data that a button on the page saves."""
  return (f'<script type="application/gzip" data-name="{html.escape(name)}">'
          f'{data.packed(path)}</script>')


def _lede(runs: list[results_file.ResultsFile]) -> str:
  sentences = []
  for run in runs:
    cases = run.cases.values()
    repetitions = max((case.repetitions for case in cases), default=0)
    axes = [human.plural(len({case.axes[axis] for case in cases} - {''}), axis)
            for axis in descriptions.LEADING_AXES]
    sentence = (f"{human.plural(len(run.cases), 'case')} ({', '.join(axes)}), "
                f"{human.plural(repetitions, 'repetition')}")
    for key, words in _WHERE.items():
      if run.context.get(key):
        sentence += f', {words} {run.context[key]}'
    sentences.append(sentence + '.')
  return ' '.join(sentences)


def _findings(run: results_file.ResultsFile, name: str, titled: bool) -> str:
  how = status.of(run)
  lines = [how.failure_text, *(failure.text for failure in how.failures),
           how.load_text, *(found.text for found in findings.findings(run))]
  items = ''.join(f'<li>{html.escape(line)}</li>' for line in lines if line)
  title = f'<h3>{html.escape(name)}</h3>' if titled else ''
  if not items:
    return f'{title}<p>No case here counts copied bytes.</p>'
  return f'{title}<ul class="findings">{items}</ul>'


def _environment(runs: list[results_file.ResultsFile], names: list[str]) -> str:
  keys = dict.fromkeys(key for run in runs for key in run.context
                       if key not in _NO_ENVIRONMENT)
  head = ''.join(f'<th scope="col">{html.escape(n)}</th>' for n in names)
  rows = ''
  for key in keys:
    cells = ''.join(f"<td>{html.escape(_text(run.context.get(key, '')))}</td>"
                    for run in runs)
    rows += f'<tr><th scope="row">{html.escape(key)}</th>{cells}</tr>'
  return (f'<table><thead><tr><th scope="col">Item</th>{head}</tr></thead>'
          f'<tbody>{rows}</tbody></table>')


def _text(value: Any) -> str:
  return value if isinstance(value, str) else json.dumps(value)


def _meanings(runs: list[results_file.ResultsFile]) -> str:
  return ''.join(f'<dt>{html.escape(counter.name)}</dt>'
                 f'<dd>{html.escape(counter.meaning)}</dd>'
                 for counter in data.present_counters(runs)
                 if counter.name in data.joined_description(runs).counters)
