"""Compares two results files, case by case and counter by counter.

Deterministic counters are compared exactly, and only if the environments are
the same for the allocator in question. For times see significance.py.
"""

import dataclasses

from scripts import environment
from scripts import results_file
from scripts import significance

VERDICTS = ('regressed', 'improved', 'same', 'inconclusive')


@dataclasses.dataclass
class Change:
  """One counter of one case, in both files.

  Attributes:
    metric: the counter's name.
    base: median; None if base does not have the counter.
    head: likewise.
    verdict: one of VERDICTS.
    reason: why it is inconclusive.
    unjudged: there is nothing to judge it by, so that it makes nothing else
      inconclusive: too few repetitions, or a counter that base lacks.
    time: details, of a time.
  """
  metric: str
  base: float | None
  head: float | None
  verdict: str
  reason: str = ''
  unjudged: bool = False
  time: significance.TimeChange | None = None


@dataclasses.dataclass
class ComparedCase:
  """One case. `status` is 'both', 'added' or 'removed'."""
  id: str
  status: str
  changes: list[Change] = dataclasses.field(default_factory=list)
  base_errors: list[str] = dataclasses.field(default_factory=list)
  head_errors: list[str] = dataclasses.field(default_factory=list)

  @property
  def newly_failing(self):
    return self.status == 'both' and bool(
        self.head_errors and not self.base_errors)


@dataclasses.dataclass
class Comparison:
  """All of two files.

  Attributes:
    base: the file.
    head: the file.
    cases: in base's order, then those that only head has.
    different_keys: of the environments: {key: (of base, of head)}.
    foreign_counters: counters that nobody here knows how to judge.
  """
  base: results_file.ResultsFile
  head: results_file.ResultsFile
  cases: list[ComparedCase]
  different_keys: dict[str, tuple[str, str]]
  foreign_counters: list[str]

  def changes(self):
    """Every (case, change)."""
    for case in self.cases:
      for change in case.changes:
        yield case, change

  def verdict(self):
    """'regressed', 'inconclusive', 'improved' or 'same'.

    What is unjudged does not count, as long as something else is judged.
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


def compare(base, head, metrics, across=None):
  """Compares two files.

  Args:
    base: results_file.ResultsFile.
    head: results_file.ResultsFile.
    metrics: names of the counters to compare.
    across: an axis whose value may differ between the files: cases match that
      are equal in everything else.

  Raises:
    BadInput: a file has several cases that differ in `across` alone.
  """
  base_cases = _by_key(base, across)
  head_cases = _by_key(head, across)
  judge = _Judge(base, head, metrics, across)
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
  comparison = Comparison(base, head, cases, judge.different_keys,
                          sorted(judge.foreign_counters))
  _judge_times(comparison)
  return comparison


def _by_key(file, across):
  if across is None:
    return file.cases
  cases = {}
  for case in file.cases.values():
    key = key_without(case, across)
    if key in cases:
      raise results_file.BadInput(
          f'{file.path}: {cases[key].id!r} and {case.id!r} differ in {across} '
          'alone: only one of them can be compared with another file')
    cases[key] = case
  return cases


def key_without(case, axis):
  """The case id with '*' for the value of an axis."""
  axes = case.axes | {axis: '*'}
  if not case.axes['size']:
    return case.id
  named = [f'{name}:{axes[name]}'
           for name, default in results_file.DEFAULT_AXES.items()
           if axes[name] != default]
  return '/'.join(('cow', axes['layout'], axes['pattern'], axes['allocator'],
                   f"size:{axes['size']}", *named))


class _Judge:
  """Compares cases of two files."""

  def __init__(self, base, head, metrics, across):
    self._metrics = metrics
    self._contexts = (base.context, head.context)
    self._machine = environment.differences(*self._contexts,
                                            environment.MACHINE_KEYS)
    self._processor = environment.differences(*self._contexts, ('cpu_model',))
    self._across = across
    self._obstacles = {}
    self.different_keys = self._machine | self._processor
    self.foreign_counters = set()

  def changes(self, old, new):
    """Compares every counter that either case has."""
    allocator = old.axes['allocator']
    if allocator not in self._obstacles:
      self._obstacles[allocator] = self._find_obstacle(allocator)
    obstacle = self._obstacles[allocator]
    known = (*results_file.DETERMINISTIC_COUNTERS, *results_file.TIME_COUNTERS)
    present = old.samples.keys() | new.samples.keys()
    self.foreign_counters |= present.difference(known)
    return [self._change(metric, old.samples.get(metric, ()),
                         new.samples.get(metric, ()), obstacle)
            for metric in known
            if metric in present and metric in self._metrics]

  def _find_obstacle(self, allocator):
    """Why the counters of an allocator's cases are not comparable, or ''."""
    different = self._machine
    if self._across != 'allocator':
      different = different | environment.differences(
          *self._contexts, environment.allocator_keys(allocator))
      self.different_keys |= different
    return f"not comparable: {', '.join(different)}" if different else ''

  def _change(self, metric, old, new, obstacle):
    medians = [significance.median(values) if values else None
               for values in (old, new)]
    change = Change(metric, *medians, 'inconclusive')
    if not old or not new:
      change.reason = 'only in head' if new else 'only in base'
      change.unjudged = not old
    elif metric in results_file.TIME_COUNTERS:
      change.time = significance.time_change(old, new)
      fewest = min(len(old), len(new))
      if fewest < significance.MIN_REPETITIONS:
        change.reason = (f'n = {len(old)} and {len(new)}; '
                         f'{significance.MIN_REPETITIONS} are needed')
        change.unjudged = True
      elif self._processor:
        change.reason = 'not comparable: cpu_model'
    elif obstacle:
      change.reason = obstacle
    else:
      change.verdict, change.reason = _exact_verdict(metric, old, new)
    return change


def _exact_verdict(metric, old, new):
  if set(old) == set(new):
    return 'same', ''
  if metric in results_file.NEITHER_IS_BETTER:
    return 'inconclusive', 'differs; neither more nor less is better'
  if min(new) > max(old):
    return 'regressed', ''
  if max(new) < min(old):
    return 'improved', ''
  return 'inconclusive', 'differs between repetitions'


def _judge_times(comparison):
  judged = [change for _, change in comparison.changes()
            if change.time is not None and not change.reason]
  for change in judged:
    change.verdict = change.time.verdict(len(judged))
    if change.verdict == 'inconclusive':
      change.reason = 'too much noise to tell'
