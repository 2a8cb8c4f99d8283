"""Where the allocator decides what is copied, and where it does not."""

import math
from typing import Iterator

from scripts.base import human
from scripts.findings import cases

_MOST_SENTENCES = 3
_Row = list[cases.Case]  # Cases that differ only in the allocator.


def of(run: cases.Cases) -> Iterator[cases.Sentence]:
  """The allocators that copy least, by pattern; how many rows are similar."""
  rows = run.rows('allocator')
  compared = run.measured_rows('allocator')
  if not compared:
    return
  for variant, base in run.bases.items():
    yield from _of_variant(run, variant, base, compared)
  different = differing(run)
  yield from _of_all(run, compared, different)
  # The patterns with the largest differences come first.
  patterns = dict.fromkeys(row[0].pattern for row in different)
  for pattern in list(patterns)[:_MOST_SENTENCES]:
    yield _of_pattern(run, [row for row in different
                            if row[0].pattern == pattern])
  similar = len(compared) - len(different)
  similar_rows = cases.part_of(similar, len(compared), 'row')
  text = (f'Allocators copy about the same in {similar_rows}'
          f'{cases.without_failed(case for row in rows for case in row)}.')
  yield cases.Sentence('similar', text,
                       [case for row in compared for case in row])


def differing(run: cases.Cases) -> list[_Row]:
  """The rows in which allocators differ, without failed cases.

  The rows with the largest differences and ratios come first.
  """
  return sorted((row for row in run.measured_rows('allocator')
                 if not run.alike(row)),
                key=lambda row: _weight(run, row), reverse=True)


def _of_variant(run: cases.Cases, variant: str, base: str,
                compared: list[_Row]) -> Iterator[cases.Sentence]:
  """Where an allocator variant copies less or more than its base."""
  pairs = []
  for row in compared:
    found = {case.allocator: case for case in row}
    if variant in found and base in found:
      pairs.append([found[variant], found[base]])
  parts = []
  for word, sign in (('less', -1), ('more', 1)):
    moved = [pair for pair in pairs if not run.alike(pair)
             and sign * (pair[0].copied - pair[1].copied) > 0]
    if moved:
      most = max(moved, key=lambda pair: abs(pair[0].copied - pair[1].copied))
      own, other = (human.bytes_text(case.copied) for case in most)
      where = cases.part_of(len(moved), len(pairs), 'row')
      parts.append(f'{word} than {base} in {where}, most of all in '
                   f'{most[0].place()}: {own}, {base} {other}')
  if pairs:
    same = f'about the same as {base} everywhere'
    if any(case.unsure for pair in pairs for case in pair):
      same += ', as far as its counts are sure'
    yield cases.Sentence('variant',
                         f"{variant} copies {'; '.join(parts) or same}.",
                         [case for pair in pairs for case in pair])


def _of_all(run: cases.Cases, compared: list[_Row],
            different: list[_Row]) -> Iterator[cases.Sentence]:
  """What each allocator copies in all patterns and layouts together."""
  if len({(row[0].layout, row[0].pattern) for row in different}) < 2:
    return
  everyone = max(compared, key=len)
  whole = [row for row in compared if len(row) == len(everyone)]
  usual = [row for row in whole if not row[0].variant] or whole
  if len(usual) < 2 or len({row[0].variant for row in usual}) > 1:
    return
  size = max(row[0].size for row in usual)
  rows = [row for row in usual if row[0].size == size]
  totals = {one.allocator: sum(case.copied for row in rows for case in row
                               if case.allocator == one.allocator)
            for one in everyone}
  if run.similar(totals.values()):
    return
  first, *others = sorted(totals, key=lambda name: totals[name])
  named = 'the others' if len(others) > 1 else others[0]
  ends = dict.fromkeys(human.bytes_text(totals[name])
                       for name in (others[0], others[-1]))
  yield cases.Sentence(
      'allocators', f'All {len(rows)} rows of {human.bytes_text(size)} together: '
      f'{first} copies least, {human.bytes_text(totals[first])}, {named} '
      f"{' to '.join(ends)}.", [case for row in rows for case in row])


def _weight(run: cases.Cases, row: _Row) -> float:
  """Both the difference in bytes and the ratio count."""
  least, most = cases.span(case.copied for case in row)
  return (most - least) * math.log(most / max(least, run.few_bytes))


def _of_pattern(run: cases.Cases, rows: list[_Row]) -> cases.Sentence:
  """One row, then the allocator that copies least in the most layouts.

  Of the rows with about the largest weight, the sentence names the one that the
  suite lists first, because its layout is better known.
  """
  heavy = [row for row in rows if 2 * _weight(run, row) >= _weight(run, rows[0])
           and row[0].size == rows[0][0].size]
  shown = min(heavy, key=lambda row: run.all.index(row[0]))
  layouts: dict[str, list[set[str]]] = {}
  for row in rows:
    if row[0].size == shown[0].size:
      layouts.setdefault(row[0].layout, []).append(_least(run, row))
  return cases.Sentence(
      'allocators',
      f'{_row_text(run, shown)}{_winner(list(layouts.values()))}.',
      [case for row in rows for case in row])


def _least(run: cases.Cases, row: _Row) -> set[str]:
  """The allocators that copy least, or a few pages more."""
  least = min(case.copied for case in row)
  return {case.allocator for case in row if run.similar((case.copied, least))}


def _row_text(run: cases.Cases, row: _Row) -> str:
  least = _least(run, row)
  low, high = ([case for case in row if (case.allocator in least) == is_least]
               for is_least in (True, False))
  verb = 'copies' if len(low) == 1 else 'copy'
  others = ('the others' if len(high) > 2
            else cases.names(case.allocator for case in high))
  ratio = max(case.copied for case in high) / (
      min(case.copied for case in low) or math.inf)
  up_to = '' if run.alike(high) else 'up to '
  times = f', {up_to}{cases.ratio_text(ratio)} as much' if ratio else ''
  unsure = max(row, key=lambda case: case.unsure)
  remark = (f' ({unsure.allocator}: unsure by '
            f'{human.bytes_text(unsure.unsure)})' if unsure.unsure else '')
  return (f'{row[0].place()}: {cases.names(case.allocator for case in low)} '
          f'{verb} {_amounts(low)}, {others} {_amounts(high)}{times}{remark}')


def _amounts(row: _Row) -> str:
  ends = dict.fromkeys(map(human.bytes_text,
                           cases.span(case.copied for case in row)))
  return ' to '.join(ends)


def _winner(layouts: list[list[set[str]]]) -> str:
  """The allocator that copies least in all rows of the most layouts."""
  if len(layouts) < 2:
    return ''
  wins = {name: sum(all(name in least for least in rows) for rows in layouts)
          for rows in layouts for least in rows for name in sorted(least)}
  winner = max(wins, key=lambda name: wins[name])
  where = cases.part_of(wins[winner], len(layouts), 'layout')
  return f'; {winner} copies least in {where} where they differ'
