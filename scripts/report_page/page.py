"""Builds the page: one file that needs no other."""

import base64
import hashlib
import html
import json
import os
import string
import zlib
from typing import Any

from scripts.comparison import comparison
from scripts.comparison import comparison_tables
from scripts.drawing import data
from scripts.drawing import over_time
from scripts.drawing import svg
from scripts.findings import findings
from scripts.reading import description as descriptions
from scripts.reading import results_file
from scripts.report_page import markup
from scripts.report_page import strip

_HERE = os.path.dirname(__file__)

# The page runs these in this order, after the scripts that draw.
_SCRIPTS = ('dom.js', 'screen.js', 'heat_table.js', 'table.js', 'main.js')

_PROLOGUE = """(() => {
'use strict';
const data = JSON.parse(document.getElementById('page-data').textContent);
"""

# The number of sentences in large type.
_LARGE = 3

# Items of the context that say nothing about the environment.
_NO_ENVIRONMENT = frozenset(
    ('caches', 'library_build_type', 'json_schema_version', over_time.KEY,
     *descriptions.KEYS))


def render(runs: list[results_file.ResultsFile], names: list[str],
           library: str) -> str:
  """The page as text; `library` is the chart library's source."""
  template = string.Template(_asset('template.html'))
  named = list(zip(names, runs))
  script = (_PROLOGUE + svg.source(svg.SCRIPTS) +
            ''.join(map(_asset, _SCRIPTS)) + '})();\n')
  return template.substitute({
      'CSP': _policy(library, script),
      'TITLE': html.escape(f"cowbench: {', '.join(names)}"),
      'STYLE': _asset('report.css'),
      'STATUS': strip.items(named),
      # A comparison of several files lists its failures itself.
      'FAILURES': strip.failures(runs[0]) if len(runs) == 1 else '',
      'COMPARISON': _comparisons(named),
      'ANSWERS': _answers(named),
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
  """A policy that allows only these scripts and no network access."""
  digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
  hashes = ' '.join(f"'sha256-{base64.b64encode(digest).decode()}'"
                    for digest in digests)
  # The charts and the style sheet set styles; the data sets none.
  return (f"default-src 'none'; script-src {hashes};"
          " style-src 'unsafe-inline'; img-src data:;"
          " base-uri 'none'; form-action 'none'")


def _json(value: Any) -> str:
  """JSON without any character that begins markup."""
  text = json.dumps(value, separators=(',', ':'), ensure_ascii=True)
  for character in '<>&':
    text = text.replace(character, f'\\u{ord(character):04x}')
  return text


def _raw(path: str, name: str) -> str:
  """An input file, embedded for a button that saves it."""
  return (f'<script type="application/gzip" data-name="{html.escape(name)}">'
          f'{_packed(path)}</script>')


def _packed(path: str) -> str:
  """A file's bytes, compressed (gzip) and as text (base64)."""
  # 31 asks for gzip's own header, which browsers can read.
  compress = zlib.compressobj(6, zlib.DEFLATED, 31)
  parts = []
  with open(path, 'rb') as file:
    while block := file.read(1 << 20):
      parts.append(compress.compress(block))
  parts.append(compress.flush())
  return base64.b64encode(b''.join(parts)).decode('ascii')


def _comparisons(named: list[tuple[str, results_file.ResultsFile]]) -> str:
  """Compares the first file with each other one: the verdict, then changes."""
  if len(named) < 2:
    return ''
  base_name, base = named[0]
  parts = []
  for name, head in named[1:]:
    result = comparison.compare(base, head, None)
    parts += [
        markup.element('h3', f'{base_name} → {name}'),
        markup.element('p', comparison_tables.conclusion(result),
                       f'verdict {result.verdict()}'),
        markup.items('ul', (f'Not comparable: {key} was {old}, is {new}.'
                            for key, (old, new)
                            in result.different_keys.items())),
        *map(markup.table, comparison_tables.findings(result))]
  return ('<section id="changes" aria-labelledby="changes-title">'
          '<h2 id="changes-title">What changed</h2>' + ''.join(parts) +
          '</section>')


def _answers(named: list[tuple[str, results_file.ResultsFile]]) -> str:
  """The findings of the last run, and those of others about other cases.

  The comparison covers the cases that they share.
  """
  parts: list[str] = []
  told: set[str] = set()
  for name, run in reversed(named):
    sentences = [found.text for found in findings.findings(run)
                 if not told.issuperset(found.case_ids)]
    told |= run.cases.keys()
    if not sentences:
      continue
    large = 0 if parts else _LARGE
    if len(named) > 1:
      parts.append(markup.element('h3', name))
    parts += [markup.items('ol', sentences[:large], 'answers'),
              markup.items('ul', sentences[large:], 'more')]
  return ''.join(parts) or markup.element(
      'p', 'No case here counts copied bytes.')


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
