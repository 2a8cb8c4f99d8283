"""Findings about a run as a whole."""

import statistics
from typing import Iterator

from scripts.base import human
from scripts.findings import cases
from scripts.reading import description as descriptions


def of(run: cases.Cases) -> Iterator[cases.Sentence]:
  """What fork() copies by itself, and which counts did not repeat."""
  yield from _fork_tax(run)
  yield from _spreads(run)


def _fork_tax(run: cases.Cases) -> Iterator[cases.Sentence]:
  taxes: dict[str, list[float]] = {}
  for case in run.all:
    tax = case.median(cases.FORK_TAX)
    if tax is not None:
      taxes.setdefault(case.allocator, []).append(tax)
  if not taxes:
    return
  middle = {name: statistics.median(values) for name, values in taxes.items()}
  ordered = sorted(middle, key=lambda name: middle[name])
  text = human.bytes_text(middle[ordered[0]])
  if middle[ordered[-1]] != middle[ordered[0]]:
    text += (f' ({ordered[0]}) to {human.bytes_text(middle[ordered[-1]])}'
             f' ({ordered[-1]})')
  yield cases.Sentence(
      'fork_tax',
      f'On top, fork() itself copies {text} per child'
      f'{cases.without_failed(run.all)}.',
      [case for case in run.all if case.median(cases.FORK_TAX) is not None])


def _spreads(run: cases.Cases) -> Iterator[cases.Sentence]:
  for name, counter in run.description.counters.items():
    varying = [case for case in run.all
               if descriptions.is_spread(name) and case.median(name)]
    if varying:
      most = max(varying, key=lambda case: case.median(name) or 0)
      amount = human.quantity(counter.unit, most.median(name) or 0)
      yield cases.Sentence(
          'varies', f'Counts of {human.plural(len(varying), "case")} did not '
          f'repeat: {name} is up to {amount}, in {most.id}.', varying)
