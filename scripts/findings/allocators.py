"""Where the allocator decides what is copied, and where it does not."""

import math
from typing import Iterator

from scripts.base import human
from scripts.findings import cases

_MOST_SENTENCES = 3


def of(run: cases.Cases) -> Iterator[cases.Sentence]:
  """Where allocators differ most, and how many rows are alike."""
  rows = run.rows('allocator')
  compared = _compared(run)
  if not compared:
    return
  different = differing(run)
  # At small sizes single pages decide; each layout and pattern stands once, or
  # the same thing would be said of all that are like it.
  told: list[list[cases.Case]] = []
  for row in different:
    if all(row[0].layout != other[0].layout and
           row[0].pattern != other[0].pattern for other in told):
      told.append(row)
  for row in told[:_MOST_SENTENCES]:
    yield _difference(row)
  alike = len(compared) - len(different)
  rows_alike = cases.part_of(alike, len(compared), 'row')
  text = (f'Allocators copy alike in {rows_alike}'
          f'{cases.without_failed(case for row in rows for case in row)}.')
  yield cases.Sentence('alike', text,
                       [case for row in compared for case in row])


def differing(run: cases.Cases) -> list[list[cases.Case]]:
  """The rows in which allocators differ, without cases that failed.

  Those where most bytes, and the largest ratio, are at stake come first.
  """
  return sorted((row for row in _compared(run)
                 if not run.alike(case.copied for case in row)),
                key=lambda row: _weight(run, row), reverse=True)


def _compared(run: cases.Cases) -> list[list[cases.Case]]:
  rows = [[case for case in row if not case.failed]
          for row in run.rows('allocator')]
  return [row for row in rows if len(row) > 1]


def _weight(run: cases.Cases, row: list[cases.Case]) -> float:
  """Both count: how many bytes, and how many times as many."""
  least, most = cases.span(case.copied for case in row)
  return (most - least) * math.log(most / max(least, run.few_bytes))


def _difference(row: list[cases.Case]) -> cases.Sentence:
  ordered = sorted(row, key=lambda case: case.copied)
  least, most = ordered[0], ordered[-1]
  times = (f', {cases.ratio_text(most.copied / least.copied)} as much'
           if least.copied else '')
  return cases.Sentence(
      'allocators', f'{least.place()}: {least.allocator} copies '
      f'{human.bytes_text(least.copied)}, {most.allocator} '
      f'{human.bytes_text(most.copied)}{times}.', row)
