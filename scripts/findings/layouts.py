"""Which patterns copy what, of which layouts."""

import collections
import dataclasses
from typing import Iterator

from scripts.base import human
from scripts.findings import cases

_Case = cases.Case

# Shares of the size that count as nothing and as all.
_NOTHING = 0.05
_ALL = 0.75

_MOST_SENTENCES = 3


@dataclasses.dataclass(frozen=True)
class _Cell:
  """One pattern on one layout: the cases of the largest size, and all."""
  measured: list[_Case]
  all: list[_Case]
  kind: str  # 'all', 'part' or 'nothing'

  @property
  def shares(self) -> list[float]:
    return [case.copied / case.size for case in self.measured]


def of(run: cases.Cases) -> Iterator[cases.Sentence]:
  """What copies nothing, then the sharpest contrasts between layouts."""
  patterns: dict[str, dict[str, _Cell]] = collections.defaultdict(dict)
  for group in run.groups(lambda axes: (axes['pattern'], axes['layout'])):
    # Ten percent touched and all touched have no range worth telling.
    usual = [case for case in group if not case.variant] or group
    for measured in cases.largest([usual]):
      cell = _Cell(measured, usual, _kind(run, measured))
      patterns[group[0].pattern][group[0].layout] = cell
  shared = [pattern for pattern, cells in patterns.items()
            if all(cell.kind == 'nothing' for cell in cells.values())]
  if shared:
    yield _nothing(shared, [cell for pattern in shared
                            for cell in patterns.pop(pattern).values()])
  told = _alike(patterns)
  told.sort(key=_Group.contrast, reverse=True)
  for each in told[:_MOST_SENTENCES]:
    yield each.sentence()


def _kind(run: cases.Cases, measured: list[_Case]) -> str:
  copied = [case.copied for case in measured]
  shares = [value / case.size for value, case in zip(copied, measured)]
  if max(copied) <= run.few_bytes or max(shares) <= _NOTHING:
    return 'nothing'
  return 'all' if min(shares) >= _ALL else 'part'


def _alike(patterns: dict[str, dict[str, _Cell]]) -> list['_Group']:
  """Patterns together that do the same to the layouts that all of them have."""
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
  text = (f'almost nothing of {where} (up to {human.bytes_text(most)})' if most
          else f'nothing of {where}')
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
  # By layout, for each pattern; the first has all layouts.
  cells: list[dict[str, _Cell]]

  def contrast(self) -> tuple[int, float, float]:
    """The more, the more there is to learn: all here, nothing there."""
    kinds = [cell.kind for cell in self.cells[0].values()]
    shares = [share for each in self.cells for cell in each.values()
              for share in cell.shares]
    least, most = cases.span(shares)
    return (len({'all', 'nothing'}.intersection(kinds)),
            -kinds.count('part') / len(kinds), most - least)

  def sentence(self) -> cases.Sentence:
    parts = []
    everywhere = len({cell.kind for cell in self.cells[0].values()}) == 1
    for kind, words in (('all', 'all'), ('part', 'a part'),
                        ('nothing', 'nothing')):
      layouts = [layout for layout, cell in self.cells[0].items()
                 if cell.kind == kind]
      if not layouts:
        continue
      shares = [share for each in self.cells for layout in layouts
                if layout in each for share in each[layout].shares]
      named = ('every layout' if everywhere and len(layouts) > 1
               else cases.names(layouts))
      share = ''
      if any(shares):
        share = f' ({cases.percent_text(shares)})'
        words = 'almost nothing' if kind == 'nothing' else words
      parts.append(f'{words} of {named}{share}')
    cells = [cell for each in self.cells for cell in each.values()]
    return cases.Sentence(
        'copied',
        f"{_subject(self.patterns)} {'; '.join(parts)}{_failed(cells)}.",
        [case for cell in cells for case in cell.measured])
