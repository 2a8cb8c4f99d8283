"""What a run says, in words: who copied least, and what is surprising."""

import collections
import dataclasses
import statistics
from typing import Any, Callable, Iterator, TypeVar

from scripts.base import human
from scripts.reading import description as descriptions
from scripts.reading import results_file

# Allocators this close to each other are called alike: at 64 KiB a single page
# is a sixteenth of the data.
_ALIKE = 1.05

# How many of the most extreme cases are named.
_NAMED = 3

_T = TypeVar('_T', bound=tuple[Any, ...])

_NOTHING = 'nothing was copied, whatever the allocator.'


@dataclasses.dataclass(frozen=True)
class Finding:
  subject: str
  text: str


@dataclasses.dataclass(frozen=True)
class _Case:
  """A case that has what the findings are about, medians only."""

  result: results_file.CaseResult
  size: int
  copied: float
  amplification: float | None
  variant: tuple[tuple[str, str], ...]  # Axes that are not at their default.

  @property
  def allocator(self) -> str:
    return self.result.axes['allocator']

  @property
  def place(self) -> str:
    """The case in words, without its allocator."""
    axes = self.result.axes
    variant = ''.join(f', {axis} {value}' for axis, value in self.variant)
    return f"{axes['pattern']} on {axes['layout']}, {axes['size']}{variant}"


def sentences(results: results_file.ResultsFile) -> list[str]:
  by_pattern, surprises = of(results)
  return [f'{each.subject}: {each.text}' for each in by_pattern + surprises]


def of(results: results_file.ResultsFile
       ) -> tuple[list[Finding], list[Finding]]:
  """Findings for each pattern, and surprises."""
  cases = [case for result in results.cases.values()
           if (case := _measured(result, results.description.axes))]
  groups = _largest_groups(cases)
  return list(_by_pattern(groups)), list(_surprises(results, cases, groups))


def _measured(result: results_file.CaseResult,
              defaults: dict[str, str]) -> _Case | None:
  copied = result.samples.get('copied_bytes')
  if not copied or not result.axes['size']:
    return None
  amplification = result.samples.get('amplification')
  return _Case(result, descriptions.size_bytes(result.axes['size']),
               statistics.median(copied),
               statistics.median(amplification) if amplification else None,
               tuple((axis, result.axes[axis]) for axis, usual
                     in defaults.items() if result.axes[axis] != usual))


def _largest_groups(cases: list[_Case]) -> list[dict[str, _Case]]:
  """The cases that differ in their allocator only, at the largest size.

  At small sizes the odd page that an allocator shares with its own data
  decides; it says little about the allocator.
  """
  groups: dict[Any, dict[int, dict[str, _Case]]] = collections.defaultdict(dict)
  for case in cases:
    axes = case.result.axes
    key = axes['layout'], axes['pattern'], case.variant
    by_allocator = groups[key].setdefault(case.size, {})
    by_allocator[case.allocator] = case
  return [sizes[max(sizes)] for sizes in groups.values()]


def _by_pattern(groups: list[dict[str, _Case]]) -> Iterator[Finding]:
  patterns = collections.defaultdict(list)
  for group in groups:
    case = next(iter(group.values()))
    patterns[case.result.axes['pattern']].append((case.variant, group))
  alike = collections.defaultdict(list)
  for pattern, members in patterns.items():
    # Ten percent touched and all touched have no mean worth telling.
    usual = [group for variant, group in members if not variant]
    text = _pattern(usual or [group for _, group in members])
    if text:
      alike[text].append(pattern)
  for text in sorted(alike, key=lambda text: text == _NOTHING):
    yield Finding(', '.join(alike[text]), text)


def _pattern(groups: list[dict[str, _Case]]) -> str:
  """Who copied least and most, empty where no comparison is fair."""
  allocators = {allocator for group in groups for allocator in group}
  # Only where every allocator took part is the comparison fair.
  fair = [group for group in groups if len(group) == len(allocators)]
  if not fair:
    return ''
  shares = {
      allocator: statistics.fmean(
          group[allocator].copied / group[allocator].size for group in fair)
      for allocator in sorted(allocators)
  }
  if not any(shares.values()):
    return _NOTHING
  return _compare(shares)


def _compare(shares: dict[str, float]) -> str:
  least = min(shares, key=lambda allocator: shares[allocator])
  most = max(shares, key=lambda allocator: shares[allocator])
  per_byte = f'{_bytes(shares[least])} for each byte of data'
  if len(shares) == 1:
    return f'{least} copied {per_byte}.'
  if shares[most] <= shares[least] * _ALIKE:
    return f'all allocators copied alike (within 5 %), {per_byte}.'
  ratio = ''
  if shares[least]:
    ratio = f', {human.digits(shares[most] / shares[least])} times as much'
  return (f'{least} copied least, {per_byte}; {most} copied most,'
          f' {human.digits(shares[most])}{ratio}.')


def _bytes(value: float) -> str:
  digits = human.digits(value)
  return f'{digits} byte' if digits == '1' else f'{digits} bytes'


def _surprises(results: results_file.ResultsFile, cases: list[_Case],
               groups: list[dict[str, _Case]]) -> Iterator[Finding]:
  stored = [(case,) for case in cases if (case.amplification or 0) >= 2]
  for case, in _highest(stored, lambda case: case.amplification or 0):
    yield Finding(
        'amplification',
        f'{case.place}, under {case.allocator}: the kernel copied'
        f' {_bytes(case.amplification or 0)} for each byte that'
        ' the pattern stored to.')
  yield from _differences(results, groups)
  silent = [(case,) for case in cases
            if case.amplification is None and case.copied]
  by_share = _highest(silent, lambda case: float(case.copied / case.size))
  for case, in by_share[:1]:
    yield Finding(
        'copies without stores',
        f'{case.place}, under {case.allocator}: the pattern stores nothing'
        f' of its own, yet {human.bytes_text(case.copied)} were copied.')
  yield from _fork_tax(results)


def _differences(results: results_file.ResultsFile,
                 groups: list[dict[str, _Case]]) -> Iterator[Finding]:
  # One page more or less is chance: below it, ratios mean nothing.
  page = _page_size(results)

  def ratio(least: _Case, most: _Case) -> float:
    return most.copied / max(least.copied, page)

  pairs = []
  for group in groups:
    ordered = sorted(group.values(), key=lambda case: case.copied)
    pairs.append((ordered[0], ordered[-1]))
  telling = [pair for pair in pairs if ratio(*pair) >= 1.5]
  for least, most in _highest(telling, ratio):
    yield Finding(
        'allocators differ',
        f'{least.place}: {human.bytes_text(least.copied)} copied under'
        f' {least.allocator}, {human.bytes_text(most.copied)} under'
        f' {most.allocator}.')


def _fork_tax(results: results_file.ResultsFile) -> Iterator[Finding]:
  taxes: dict[str, list[float]] = collections.defaultdict(list)
  for case in results.cases.values():
    taxes[case.axes['allocator']] += case.samples.get('fork_tax_bytes', [])
  medians = {allocator: statistics.median(values)
             for allocator, values in taxes.items() if values and allocator}
  if len(medians) > 1:
    least = min(medians, key=lambda allocator: medians[allocator])
    most = max(medians, key=lambda allocator: medians[allocator])
    if medians[most] >= medians[least] * 1.25:
      yield Finding(
          'fork tax', 'merely being forked, before the pattern begins, copies'
          f' {human.bytes_text(medians[least])} under {least} and'
          f' {human.bytes_text(medians[most])} under {most}.')


def _highest(entries: list[_T], measure: Callable[..., float]) -> list[_T]:
  """The entries with the highest measure, tuples of cases.

  Only one of each layout: the others would say much the same.
  """
  named: dict[str, _T] = {}
  for entry in sorted(entries, key=lambda entry: measure(*entry), reverse=True):
    named.setdefault(entry[0].result.axes['layout'], entry)
  return list(named.values())[:_NAMED]


def _page_size(results: results_file.ResultsFile) -> int:
  text = str(results.context.get('page_size', ''))
  return int(text) if text.isascii() and text.isdigit() and int(text) else 4096
