"""Prometheus text format 0.0.4: node_exporter's textfile collector, Pushgateway.

The metrics and labels are those of openmetrics.py in the older notation, which
has no units, info metrics or end marker. The two consumers refuse timestamps.
"""

from typing import Iterable, Iterator

from scripts.export_formats import openmetrics
from scripts.reading import run as runs

NAME = 'prometheus'


def render(run: runs.Run) -> dict[str, Iterable[str]]:
  return {'': (f'{line}\n' for line in openmetrics.lines(run, '', _head))}


def _head(name: str, kind: str, unit: str, help_text: str) -> Iterator[str]:
  del unit  # The name ends in it.
  if kind == 'info':
    name, kind = f'{name}_info', 'gauge'
  # Unlike a label's value, a help text does not escape quotes.
  text = help_text.replace('\\', '\\\\').replace('\n', '\\n')
  yield f'# HELP {name} {text}'
  yield f'# TYPE {name} {kind}'
