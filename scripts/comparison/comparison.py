"""Compares two results files, case by case and counter by counter.

Deterministic counters are compared exactly, and only if both environments are
the same for the case's allocator. For times see significance.py.
"""

import dataclasses
import statistics
from typing import Container, Iterator, Sequence

from scripts.base import cli
from scripts.comparison import significance
from scripts.reading import description as descriptions
from scripts.reading import environment
from scripts.reading import load
from scripts.reading import results_file

# How the reason begins where other programs make times inconclusive.
BUSY = 'the machine was busy'

VERDICTS = ('regressed', 'improved', 'same', 'inconclusive')


@dataclasses.dataclass(slots=True)
class Change:
  """One counter of one case, in both files.

  Attributes:
    metric: the counter's name.
    base: median; None if base does not have the counter.
    head: the same for head.
    verdict: one of VERDICTS.
    reason: why it is inconclusive.
    unjudged: it has no influence on the comparison's verdict, because it has
      too few repetitions, or base lacks the counter.
    time: details, if it is a time.
  """
  metric: str
  base: float | None
  head: float | None
  verdict: str
  reason: str = ''
  unjudged: bool = False
  time: significance.TimeChange | None = None


@dataclasses.dataclass(slots=True)
class ComparedCase:
  """One case. `status` is 'both', 'added' or 'removed'."""
  id: str
  status: str
  changes: list[Change] = dataclasses.field(default_factory=list)
  base_errors: list[str] = dataclasses.field(default_factory=list)
  head_errors: list[str] = dataclasses.field(default_factory=list)

  @property
  def newly_failing(self) -> bool:
    return self.status == 'both' and bool(
        self.head_errors and not self.base_errors)


@dataclasses.dataclass
class Comparison:
  """Two files compared.

  Attributes:
    base: the first file.
    head: the second file.
    cases: in base's order, then the cases that only head has.
    different_keys: {key: (of base, of head)} where the environments differ.
    across_keys: those for which counts are judged all the same.
    foreign_counters: counters that neither file describes.
    description: of both files.
  """
  base: results_file.ResultsFile
  head: results_file.ResultsFile
  cases: list[ComparedCase]
  different_keys: dict[str, tuple[str, str]]
  across_keys: Container[str]
  foreign_counters: list[str]
  description: descriptions.Description

  @property
  def axis_between(self) -> str:
    """The one axis on which no case of base has a value of head's, where that
    is why no case is in both; else empty."""
    if not self.cases or any(case.status == 'both' for case in self.cases):
      return ''
    # An axis that the other file alone has is at its default.
    usual = self.description.axes
    apart = [axis for axis in self.description.all_axes
             if not {(usual | case.axes)[axis]
                     for case in self.base.cases.values()} &
             {(usual | case.axes)[axis] for case in self.head.cases.values()}]
    return apart[0] if len(apart) == 1 else ''

  def changes(self) -> Iterator[tuple[ComparedCase, Change]]:
    """Every (case, change)."""
    for case in self.cases:
      for change in case.changes:
        yield case, change

  def verdict(self) -> str:
    """'regressed', 'inconclusive', 'improved' or 'same'.

    Unjudged changes do not count, unless there is nothing else.
    """
    found = {change.verdict for _, change in self.changes()
             if not change.unjudged}
    if 'regressed' in found or any(case.newly_failing for case in self.cases):
      return 'regressed'
    incomplete = any(case.status == 'removed' or case.head_errors
                     for case in self.cases)
    if incomplete or not found or 'inconclusive' in found:
      return 'inconclusive'
    return 'improved' if 'improved' in found else 'same'


def compare(base: results_file.ResultsFile, head: results_file.ResultsFile,
            metrics: Container[str] | None, across: str | None = None,
            in_turns: bool = False,
            across_keys: Container[str] = ()) -> Comparison:
  """Compares two files.

  Args:
    base: the file before the change.
    head: the file after the change.
    metrics: names of the counters to compare; None for all.
    across: cases match if they differ only in this axis; None for no axis.
    in_turns: whether the repetitions of both alternated, so that any other load
      disturbed both.
    across_keys: keys of the fingerprint that may differ all the same.

  Raises:
    BadInput: a file has several cases that differ only in `across`.
  """
  description = base.description.joined(head.description, head.path)
  if across is not None:
    check_axis('--across', across, description)
  base_cases = _by_key(base, across, description)
  head_cases = _by_key(head, across, description)
  judge = _Judge(base, head, description, metrics, across, in_turns,
                 across_keys)
  cases = []
  for key in dict.fromkeys((*base_cases, *head_cases)):
    old, new = base_cases.get(key), head_cases.get(key)
    case = ComparedCase(
        key, 'both' if old and new else 'removed' if old else 'added',
        base_errors=old.errors if old else [],
        head_errors=new.errors if new else [])
    if old and new:
      case.changes = judge.changes(old, new)
    cases.append(case)
  judge.judge_times()
  return Comparison(base, head, cases, judge.different_keys, across_keys,
                    sorted(judge.foreign_counters), description)


def check_axis(flag: str, axis: str,
               description: descriptions.Description) -> None:
  """Raises BadInput if there is no such axis."""
  if axis not in description.all_axes:
    raise cli.BadInput(f'{flag}: {axis!r} is not an axis of these files: '
                       f"{', '.join(description.all_axes)}")


def _by_key(file: results_file.ResultsFile, across: str | None,
            description: descriptions.Description
            ) -> dict[str, results_file.CaseResult]:
  if across is None:
    return file.cases
  cases: dict[str, results_file.CaseResult] = {}
  for case in file.cases.values():
    key = key_without(case, across, description)
    if key in cases:
      raise cli.BadInput(
          f'{file.path}: {cases[key].id!r} and {case.id!r} differ only in '
          f'{across}; --filter selects the one to compare')
    cases[key] = case
  return cases


def key_without(case: results_file.CaseResult, axis: str,
                description: descriptions.Description) -> str:
  """The case id with '*' for the value of an axis."""
  if not case.axes['size']:
    return case.id
  return description.case_id(case.axes | {axis: '*'})


class _Judge:
  """Compares cases of two files."""

  def __init__(self, base: results_file.ResultsFile,
               head: results_file.ResultsFile,
               description: descriptions.Description,
               metrics: Container[str] | None, across: str | None,
               in_turns: bool, across_keys: Container[str]) -> None:
    self._files = () if in_turns else (base, head)
    self._counters = description.counters
    self._compared = [
        name for name in (*description.of_kind('count'),
                          *description.of_kind('time'))
        if metrics is None or name in metrics]
    self._contexts = (base.context, head.context)
    self._machine = environment.differences(*self._contexts,
                                            environment.MACHINE_KEYS)
    self._processor = environment.differences(*self._contexts, ('cpu_model',))
    self._across = across
    self._across_keys = across_keys
    self._obstacles: dict[str, str] = {}
    self._times: list[tuple[Change, significance.Samples]] = []
    self.different_keys = self._machine | self._processor
    self.foreign_counters: set[str] = set()

  def changes(self, old: results_file.CaseResult,
              new: results_file.CaseResult) -> list[Change]:
    """Compares every counter that either case has."""
    allocator = old.axes['allocator']
    if allocator not in self._obstacles:
      self._obstacles[allocator] = self._find_obstacle(allocator)
    obstacle = self._obstacles[allocator]
    present = old.samples.keys() | new.samples.keys()
    varies = any(any(values) for case in (old, new)
                 for name, values in case.samples.items()
                 if descriptions.is_spread(name))
    self.foreign_counters |= present - self._counters.keys()
    busy = self._busy(old, new)
    return [self._change(metric, old.samples.get(metric, ()),
                         new.samples.get(metric, ()), obstacle, varies, busy)
            for metric in self._compared if metric in present]

  def _busy(self, *cases: results_file.CaseResult) -> str:
    """The other work on the machine, which makes times inconclusive, or ''."""
    return '; '.join(
        f'{BUSY} in {name} ({words})'
        for name, file, case in zip(('base', 'head'), self._files, cases)
        if (words := load.words(file, case)))

  def judge_times(self) -> None:
    """Gives all times their verdicts, corrected for their number."""
    significance.test([(change.time, samples) for change, samples in self._times
                       if change.time is not None])
    for change, samples in self._times:
      assert change.time is not None
      change.verdict = change.time.verdict(len(self._times))
      if change.verdict == 'inconclusive':
        change.reason = 'too much noise to tell'
      elif self._files and change.time.drifted(samples):
        change.verdict = 'inconclusive'
        change.reason = 'times drifted while it was measured'

  def _find_obstacle(self, allocator: str) -> str:
    """Why the counters of an allocator's cases are not comparable, or ''."""
    different = self._machine
    if self._across != 'allocator':
      different = different | environment.differences(
          *self._contexts, environment.allocator_keys(allocator))
      self.different_keys |= different
    obstacles = [key for key in different if key not in self._across_keys]
    return f"not comparable: {', '.join(obstacles)}" if obstacles else ''

  def _change(self, metric: str, old: Sequence[float], new: Sequence[float],
              obstacle: str, varies: bool, busy: str) -> Change:
    change = Change(metric, _median(old), _median(new), 'inconclusive')
    counter = self._counters[metric]
    if not old or not new:
      change.reason = 'only in head' if new else 'only in base'
      change.unjudged = not old
    elif counter.is_time:
      change.time = significance.TimeChange.of(old, new)
      fewest = min(len(old), len(new))
      if fewest < significance.MIN_REPETITIONS:
        change.reason = (f'n = {len(old)} and {len(new)}; '
                         f'{significance.MIN_REPETITIONS} are needed')
        change.unjudged = True
      elif self._processor:
        change.reason = 'not comparable: cpu_model'
      elif busy:
        change.reason = busy
      else:
        self._times.append((change, (old, new)))
    elif obstacle:
      change.reason = obstacle
    else:
      change.verdict, change.reason = _exact_verdict(counter.better, old, new)
      if varies and change.verdict != 'same':
        change.verdict = 'inconclusive'
        change.reason = 'the counts of this case vary from run to run'
    return change


def _median(values: Sequence[float]) -> float | None:
  # Most files have one repetition, and many cases.
  if len(values) <= 1:
    return values[0] if values else None
  return statistics.median(values)


def _exact_verdict(better: str, old: Sequence[float],
                   new: Sequence[float]) -> tuple[str, str]:
  if set(old) == set(new):
    return 'same', ''
  if not better:
    return 'inconclusive', 'differs; neither more nor less is better'
  if better == 'more':
    old, new = new, old
  if min(new) > max(old):
    return 'regressed', ''
  if max(new) < min(old):
    return 'improved', ''
  return 'inconclusive', 'differs between repetitions'
