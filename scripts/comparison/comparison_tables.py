"""A comparison as tables and sentences."""

import collections
import re
import statistics

from scripts.base import human
from scripts.base import tables
from scripts.comparison import comparison as comparison_model
from scripts.comparison import significance

_Comparison = comparison_model.Comparison

_MOST_ONE_SIDED = 20  # Cases named that only one file has.
_ORDER = (*comparison_model.VERDICTS, 'not judged')


def conclusion(comparison: _Comparison) -> str:
  """The result in one sentence."""
  counts = {kind: collections.Counter[str]() for kind in ('counters', 'times')}
  counters = comparison.description.counters
  for _, change in comparison.changes():
    kind = 'times' if counters[change.metric].is_time else 'counters'
    counts[kind]['not judged' if change.unjudged else change.verdict] += 1
  parts = []
  for kind, of_kind in counts.items():
    if of_kind:
      parts.append(f'{kind} ' + ', '.join(
          f'{of_kind[verdict]} {verdict}'
          for verdict in sorted(of_kind, key=_ORDER.index)))
  for status in ('added', 'removed'):
    cases = sum(case.status == status for case in comparison.cases)
    if cases:
      parts.append(f"{human.plural(cases, 'case')} {status}")
  axis = comparison.axis_between
  if axis:
    parts.append(f'no case is in both: //scripts:compare --across={axis} '
                 f'compares cases that differ in {axis} alone')
  if any(change.reason.startswith(comparison_model.BUSY)
         for _, change in comparison.changes()):
    parts.append('the machine was busy: //scripts:ab alternates both builds')
  failing = sum(bool(case.head_errors) for case in comparison.cases)
  if failing:
    parts.append(f"{human.plural(failing, 'case')} with errors in head")
  return {
      'regressed': 'Regressed',
      'improved': 'Improved',
      'same': 'Same',
      'inconclusive': 'Cannot tell',
  }[comparison.verdict()] + ': ' + ('; '.join(parts) or 'nothing to compare')


def environment_lines(comparison: _Comparison) -> list[str]:
  """What the files are and how their environments differ."""
  lines = []
  for name, file in (('base', comparison.base), ('head', comparison.head)):
    details = [file.path, human.plural(len(file.cases), 'case')]
    details += [str(file.context[key]) for key in ('date', 'git_commit')
                if key in file.context]
    lines.append(f"{name}: {', '.join(details)}")
  if not comparison.different_keys:
    lines.append('environment: the same')
  for key, (base, head) in comparison.different_keys.items():
    effect = ('differs' if key in comparison.across_keys
              else 'not comparable')
    line = f'{effect}: {key}: {base} -> {head}'
    if key.startswith('allocator_'):
      name = key.removeprefix('allocator_').removesuffix('_settings')
      line += ('; to compare them anyway: '
               f'--filter=/{name}/ --across=allocator')
    lines.append(line)
  if comparison.foreign_counters:
    lines.append('counters not judged: ' +
                 ', '.join(comparison.foreign_counters))
  return lines


def findings(comparison: _Comparison) -> list[tables.Table]:
  """The tables of all changes, regressions first."""
  return [table for table in (
      _errors(comparison, newly=True),
      _changes(comparison, 'regressed', folded=False),
      _one_sided(comparison, 'removed'),
      _errors(comparison, newly=False),
      _changes(comparison, 'improved', folded=True),
      _one_sided(comparison, 'added'),
      _inconclusive(comparison),
  ) if table.rows]


def verdicts(comparison: _Comparison) -> tables.Table:
  """The number of cases with each verdict, and the ratios of times."""
  counts: dict[str, collections.Counter[str]] = collections.defaultdict(
      collections.Counter)
  ratios: dict[str, list[float]] = collections.defaultdict(list)
  for _, change in comparison.changes():
    counts[change.metric][change.verdict] += 1
    if change.time is not None and change.time.ratio is not None:
      ratios[change.metric].append(change.time.ratio)
  names = comparison_model.VERDICTS
  rows = [[metric, *(str(counts[metric][name] or '-') for name in names),
           _ratios_cell(ratios[metric])]
          for metric in (*comparison.description.of_kind('count'),
                         *comparison.description.of_kind('time'))
          if metric in counts]
  return tables.Table(
      'Cases by verdict; ratio: head / base of times, median and range',
      ['counter', *names, 'ratio'], rows, folded=False)


def _ratios_cell(ratios: list[float]) -> str:
  if not ratios:
    return ''
  return (f'{statistics.median(ratios):.2f}x '
          f'({min(ratios):.2f}..{max(ratios):.2f})')


def _changes(comparison: _Comparison, verdict: str,
             folded: bool) -> tables.Table:
  rows = []
  for case, change in comparison.changes():
    if change.verdict == verdict:
      assert change.base is not None and change.head is not None
      unit = comparison.description.counters[change.metric].unit
      words = (human.difference(unit, change.base, change.head)
               if change.time is None else _time_text(change.time))
      rows.append([case.id, change.metric, human.quantity(unit, change.base),
                   human.quantity(unit, change.head), words])
  return tables.Table(f'{verdict.capitalize()} ({len(rows)})',
                      ['case', 'counter', 'base', 'head', 'change'], rows,
                      left=(0, 1), literal=(0, 1), folded=folded)


def _time_text(time: significance.TimeChange) -> str:
  assert time.ratio is not None and time.interval is not None
  ratio = time.ratio
  low, high = time.interval
  words = f'{ratio:.2f}x slower' if ratio > 1 else f'{1 / ratio:.2f}x faster'
  n, m = time.repetitions
  return (f'{words} (ratio {ratio:.2f}, {significance.CONFIDENCE:.0%} '
          f'{low:.2f}..{high:.2f}, p = {time.p:.1g}, n = {n} and {m})')


def _one_sided(comparison: _Comparison, status: str) -> tables.Table:
  file = 'head' if status == 'added' else 'base'
  ids = [case.id for case in comparison.cases if case.status == status]
  rows = [[case_id] for case_id in ids[:_MOST_ONE_SIDED]]
  if len(ids) > len(rows):
    rows.append([f'... and {len(ids) - len(rows)} more (--format=json)'])
  return tables.Table(f'{status.capitalize()}: only in {file} ({len(ids)})',
                      ['case'], rows, folded=status == 'added')


def _errors(comparison: _Comparison, newly: bool) -> tables.Table:
  rows = []
  for case in comparison.cases:
    if case.newly_failing == newly:
      for name, errors in (('base', case.base_errors),
                           ('head', case.head_errors)):
        for message, count in collections.Counter(errors).items():
          rows.append([case.id, name, str(count), message])
  title = 'New failures' if newly else 'Errors'
  return tables.Table(f'{title} ({len(rows)})',
                      ['case', 'file', 'repetitions', 'error'], rows,
                      left=(0, 1, 3), literal=(0, 3), folded=False)


def _inconclusive(comparison: _Comparison) -> tables.Table:
  # Reasons that differ only in a number are the same.
  groups: dict[tuple[str, str], list[str]] = collections.defaultdict(list)
  for _, change in comparison.changes():
    if change.verdict == 'inconclusive':
      key = change.metric, re.sub(r'[\d.]+', '0', change.reason)
      groups[key].append(change.reason)
  rows = [[metric, str(len(reasons)), reasons[0]]
          for (metric, _), reasons in groups.items()]
  total = sum(map(len, groups.values()))
  return tables.Table(
      f'Inconclusive ({total})', ['counter', 'cases', 'reason'], rows,
      left=(0, 2))
