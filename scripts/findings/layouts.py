"""How much of which layouts each pattern copies."""

import collections
import dataclasses
from typing import Iterator

from scripts.base import human
from scripts.findings import cases

_Case = cases.Case

# The largest share that counts as nothing, and the smallest that counts as all.
_NOTHING = 0.05
_ALL = 0.75

_MOST_SENTENCES = 4
_ABOVE = 1.05  # A larger share needs an explanation.


@dataclasses.dataclass(frozen=True)
class _Cell:
  """One pattern on one layout: its cases of the largest size, and all cases."""
  measured: list[_Case]
  all: list[_Case]
  kind: str  # 'all', 'part', 'nothing' or, by allocator, 'differs'

  @property
  def shares(self) -> list[float]:
    return [case.copied / case.size for case in self.measured]


def of(run: cases.Cases) -> Iterator[cases.Sentence]:
  """The patterns that copy nothing, then the largest contrasts of layouts."""
  patterns: dict[str, dict[str, _Cell]] = collections.defaultdict(dict)
  for group in run.groups(lambda axes: (axes['pattern'], axes['layout'])):
    # A range over variants, such as 10 % and 100 % touched, says nothing.
    usual = [case for case in group if not case.variant] or group
    for measured in cases.largest([usual]):
      cell = _Cell(measured, usual, _kind(run, measured))
      patterns[group[0].pattern][group[0].layout] = cell
  shared = [pattern for pattern, cells in patterns.items()
            if all(cell.kind == 'nothing' for cell in cells.values())]
  if shared:
    yield _nothing(shared, [cell for pattern in shared
                            for cell in patterns.pop(pattern).values()])
  # allocators.py has the sentences about patterns where only allocators matter.
  groups = [group for group in _similar(patterns) if group.kinds != {'differs'}]
  groups.sort(key=_Group.contrast, reverse=True)
  explained = False
  for each in groups[:_MOST_SENTENCES]:
    explains = not explained and max(each.shares) > _ABOVE
    explained |= explains
    yield each.sentence('; above 100 %: with memory around the elements'
                        if explains else '')


def _kind(run: cases.Cases, measured: list[_Case]) -> str:
  copied = [case.copied for case in measured]
  shares = [value / case.size for value, case in zip(copied, measured)]
  if max(copied) <= run.few_bytes or max(shares) <= _NOTHING:
    return 'nothing'
  if min(shares) >= _ALL:
    return 'all'
  by_variant: dict[object, list[float]] = collections.defaultdict(list)
  for case in measured:
    by_variant[case.variant].append(case.copied)
  return 'part' if all(map(run.similar, by_variant.values())) else 'differs'


def _similar(patterns: dict[str, dict[str, _Cell]]) -> list['_Group']:
  """Groups of patterns that do the same to the layouts they share."""
  groups: list[_Group] = []
  for pattern, cells in sorted(patterns.items(),
                               key=lambda item: -len(item[1])):
    for group in groups:
      if all(layout in group.cells[0] and
             group.cells[0][layout].kind == cell.kind
             for layout, cell in cells.items()):
        group.patterns.append(pattern)
        group.cells.append(cells)
        break
    else:
      groups.append(_Group([pattern], [cells]))
  return groups


def _nothing(patterns: list[str], cells: list[_Cell]) -> cases.Sentence:
  measured = [case for cell in cells for case in cell.measured]
  most = max(case.copied for case in measured)
  layouts = dict.fromkeys(case.layout for case in measured)
  where = 'any layout' if len(layouts) > 1 else measured[0].layout
  sizes = {case.size for case in measured}
  at_size = ''
  if len(sizes) == 1 and len({case.size for cell in cells
                              for case in cell.all}) > 1:
    at_size = f', at {human.bytes_text(sizes.pop())}'
  text = (f'almost nothing of {where} (up to {human.bytes_text(most)}{at_size})'
          if most else f'nothing of {where}')
  return cases.Sentence(
      'nothing', f'{_subject(patterns)} {text}{_failed(cells)}.', measured)


def _subject(patterns: list[str]) -> str:
  named = cases.names(patterns)
  return (f'Pattern {named} copies' if len(patterns) == 1
          else f'Patterns {named} copy')


def _failed(cells: list[_Cell]) -> str:
  return cases.without_failed(case for cell in cells for case in cell.all)


@dataclasses.dataclass(frozen=True)
class _Group:
  """Patterns that do the same to the same layouts."""
  patterns: list[str]
  # {layout: cell} of each pattern; the first one has all layouts.
  cells: list[dict[str, _Cell]]

  @property
  def kinds(self) -> set[str]:
    return {cell.kind for cell in self.cells[0].values()}

  @property
  def shares(self) -> list[float]:
    return [share for each in self.cells for cell in each.values()
            for share in cell.shares]

  def _layouts_of(self, patterns: list[str]) -> str:
    """The layouts that have some of the group's patterns."""
    found = [set(cells) for pattern, cells in zip(self.patterns, self.cells)
             if pattern in patterns]
    return (cases.names(layout for layout in self.cells[0]
                        if layout in found[0])
            if all(each == found[0] for each in found)
            else 'the layouts that have them')

  def contrast(self) -> tuple[int, float, float]:
    """A sort key: largest where one layout is copied and another is not."""
    kinds = [cell.kind for cell in self.cells[0].values()]
    least, most = cases.span(self.shares)
    return (len({'all', 'nothing'}.intersection(kinds)),
            -(kinds.count('part') + kinds.count('differs')) / len(kinds),
            most - least)

  def sentence(self, remark: str) -> cases.Sentence:
    parts = []
    for kind in ('all', 'part', 'differs', 'nothing'):
      layouts = [layout for layout, cell in self.cells[0].items()
                 if cell.kind == kind]
      if not layouts:
        continue
      shares = [share for each in self.cells for layout in layouts
                if layout in each for share in each[layout].shares]
      named = ('every layout' if len(self.kinds) == 1 and len(layouts) > 1
               else cases.names(layouts))
      percent = cases.percent_text(shares)
      parts.append({'all': (f'all of {named} ({percent})'
                            if percent == '100 %' else f'{percent} of {named}'),
                    'part': f'a part of {named} ({percent})',
                    'differs': (f'{percent} of {named}, depending on the '
                                'allocator'),
                    'nothing': (f'almost nothing of {named} ({percent})'
                                if any(shares) else f'nothing of {named}')
                    }[kind])
    everywhere, elsewhere = (
        [pattern for pattern, cells in zip(self.patterns, self.cells)
         if (len(cells) == len(self.cells[0])) == is_of_all]
        for is_of_all in (True, False))
    likewise = (f'; likewise {cases.names(elsewhere)}, of '
                f'{self._layouts_of(elsewhere)}' if elsewhere else '')
    cells = [cell for each in self.cells for cell in each.values()]
    allocators = {case.allocator for cell in cells for case in cell.measured}
    if len(allocators) > 1 and 'differs' not in self.kinds:
      likewise += '; with every allocator'
    return cases.Sentence(
        'copied',
        f"{_subject(everywhere)} {'; '.join(parts)}{likewise}{remark}"
        f'{_failed(cells)}.',
        [case for cell in cells for case in cell.measured])
