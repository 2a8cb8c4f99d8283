"""The cases of a run as the rules for findings need them."""

import collections
import dataclasses
import statistics
from typing import Callable, Hashable, Iterable, Iterator, Sequence

from scripts.base import human
from scripts.reading import description as descriptions
from scripts.reading import results_file

# The counters that the findings are about; the file describes all counters.
COPIED = 'copied_bytes'
UNSURE = 'copied_bytes_unsure'
FORK_TAX = 'fork_tax_bytes'
FORK_TIME = 'fork_time'

# Smaller differences are pages that an allocator's own data shares with others.
_FEW_PAGES = 4
_SIMILAR = 1.05

# Of the context's keys that name the base of an allocator variant.
_VARIANT = 'variant_'

# A sentence lists this many names and counts the others.
_NAMED = 3


@dataclasses.dataclass(frozen=True)
class Case:
  """A case, medians only.

  Attributes:
    result: as read.
    size: bytes that the layout requests.
    copied: bytes; zero if the case failed.
    failed: whether no repetition counted anything.
    variant: (axis, value) of the axes that are not at their default.
  """
  result: results_file.CaseResult
  size: int
  copied: float
  failed: bool
  variant: tuple[tuple[str, str], ...]

  @property
  def id(self) -> str:
    return self.result.id

  @property
  def layout(self) -> str:
    return self.result.axes['layout']

  @property
  def pattern(self) -> str:
    return self.result.axes['pattern']

  @property
  def allocator(self) -> str:
    return self.result.axes['allocator']

  def median(self, counter: str) -> float | None:
    samples = self.result.samples.get(counter)
    return statistics.median(samples) if samples else None

  @property
  def unsure(self) -> float:
    """Bytes by which the copied bytes may be off."""
    return self.median(UNSURE) or 0

  def place(self, but: str = '') -> str:
    """The case without its allocator, and without the axis `but`."""
    size = '' if but == 'size' else f', {human.bytes_text(self.size)}'
    variant = ''.join(f', {axis} {value}' for axis, value in self.variant
                      if axis != but)
    return f'{self.layout}/{self.pattern}{size}{variant}'


@dataclasses.dataclass(frozen=True)
class Sentence:
  """What a rule found, and the cases that show it."""
  kind: str
  text: str
  cases: list[Case]


class Cases:
  """The cases of a run that count copied bytes, and the failed ones."""

  def __init__(self, results: results_file.ResultsFile) -> None:
    self.description = results.description
    # {variant: its base} of the allocators.
    self.bases = {key.removeprefix(_VARIANT): str(base)
                  for key, base in results.context.items()
                  if key.startswith(_VARIANT)}
    page = str(results.context.get('page_size', ''))
    page_size = int(page) if page.isascii() and page.isdigit() else 4096
    self.few_bytes = _FEW_PAGES * page_size
    self.all = [case for result in results.cases.values()
                if (case := self._case(result))]

  def _case(self, result: results_file.CaseResult) -> Case | None:
    copied = result.samples.get(COPIED)
    if not result.axes['size'] or not (copied or result.errors):
      return None
    defaults = self.description.axes
    return Case(result, descriptions.size_bytes(result.axes['size']),
                statistics.median(copied) if copied else 0, not copied,
                tuple((axis, result.axes[axis]) for axis, usual
                      in defaults.items() if result.axes[axis] != usual))

  def similar(self, values: Iterable[float]) -> bool:
    """Whether copied bytes differ by no more than a few pages, or 5 %."""
    least, most = span(values)
    return most - least <= self.few_bytes or most <= least * _SIMILAR

  def alike(self, cases: Iterable[Case]) -> bool:
    """Whether cases copy about the same, or nobody can tell: unsure counts."""
    cases = list(cases)
    highest = max(case.copied - case.unsure for case in cases)
    lowest = min(case.copied + case.unsure for case in cases)
    return highest <= lowest or self.similar((highest, lowest))

  def values_of(self, axis: str) -> list[str]:
    """The values of an axis: numbers sorted, words with the default first."""
    values = list(dict.fromkeys(case.result.axes[axis] for case in self.all))
    key = {value: _number(axis, value) for value in values}
    if None not in key.values():
      return sorted(values, key=lambda value: key[value] or 0)
    usual = self.description.axes.get(axis)
    return sorted(values, key=lambda value: value != usual)

  def groups(self, key: Callable[[dict[str, str]], Hashable]
             ) -> list[list[Case]]:
    """The cases grouped by a key, which `key` makes of their axes."""
    groups: dict[Hashable, list[Case]] = collections.defaultdict(list)
    for case in self.all:
      groups[key(case.result.axes)].append(case)
    return list(groups.values())

  def rows(self, axis: str) -> list[list[Case]]:
    """Groups of at least two cases that differ only in one axis."""
    groups = self.groups(lambda axes: tuple(
        value for name, value in axes.items() if name != axis))
    return [group for group in groups if len(group) > 1]

  def measured_rows(self, axis: str) -> list[list[Case]]:
    """The same without failed cases."""
    rows = ([case for case in row if not case.failed]
            for row in self.rows(axis))
    return [row for row in rows if len(row) > 1]


def _number(axis: str, value: str) -> float | None:
  try:
    return (descriptions.size_bytes(value) if axis == 'size' else float(value))
  except ValueError:
    return None


def largest(groups: Iterable[list[Case]]) -> Iterator[list[Case]]:
  """The cases of each group at its largest measured size.

  At small sizes, single pages decide the result.
  """
  for group in groups:
    measured = [case for case in group if not case.failed]
    if measured:
      size = max(case.size for case in measured)
      yield [case for case in measured if case.size == size]


def span(values: Iterable[float]) -> tuple[float, float]:
  """The least and the most."""
  values = list(values)
  return min(values), max(values)


def ratio_text(ratio: float) -> str:
  """Such as '29x'."""
  return f'{human.digits(ratio)}x' if ratio < 10 else f'{ratio:.0f}x'


def percent_text(shares: Sequence[float]) -> str:
  """Such as '89-136 %'; small shares keep one significant digit."""
  least, most = (f'{100 * share:.0f}' if share >= 0.01 or not share
                 else f'{100 * share:.1g}' for share in span(shares))
  return f'{least} %' if least == most else f'{least}-{most} %'


def part_of(part: int, whole: int, noun: str) -> str:
  """Such as 'no row', '1 of 3 rows', 'all 3 rows' and 'the only row'."""
  if part in (0, whole):
    return f'no {noun}' if not part else (
        f'all {whole} {noun}s' if whole > 1 else f'the only {noun}')
  return f'{part} of {whole} {noun}s'


def names(items: Iterable[str]) -> str:
  """Such as 'a, b and 4 more', without duplicates."""
  items = list(dict.fromkeys(items))
  if len(items) > _NAMED + 1:
    items[_NAMED:] = [f'{len(items) - _NAMED} more']
  return ' and '.join(filter(None, [', '.join(items[:-1]), items[-1]]))


def without_failed(cases: Iterable[Case]) -> str:
  """Says how many cases a sentence leaves out because they failed."""
  cases = list(cases)
  failed = sum(case.failed for case in cases)
  return (f' (without {failed} of {len(cases)} cases, which failed)' if failed
          else '')
