"""A comparison of hosts as tables and sentences."""

import collections
import statistics

from scripts.base import human
from scripts.base import tables
from scripts.comparison import comparison as comparison_model
from scripts.comparison import hosts as hosts_model

_MOST_MISSING = 20  # Cases named that some host lacks.
_MOST_TIMES = 5  # Cases named whose time differs most.


def conclusion(comparison: hosts_model.HostComparison) -> str:
  """The result in one sentence."""
  counts = collections.Counter(row.verdict for row in comparison.rows)
  parts = [human.plural(len(comparison.hosts), 'host')]
  differ = sum(map(_differs, _with_verdict(comparison, 'not comparable')))
  judged = [f'{counts[verdict]} {verdict}' +
            f' ({differ} of them differ)' * (verdict == 'not comparable')
            for verdict in hosts_model.VERDICTS if counts[verdict]]
  if judged:
    parts.append(f"counts {', '.join(judged)}")
  for number, words in ((len(comparison.failures), 'with errors'),
                        (len(comparison.missing), 'not on every host')):
    if number:
      parts.append(f"{human.plural(number, 'case')} {words}")
  return {
      'agree': 'Agree',
      'disagree': 'Disagree',
      'inconclusive': 'Cannot tell',
  }[comparison.verdict()] + ': ' + '; '.join(parts)


def environment_lines(comparison: hosts_model.HostComparison) -> list[str]:
  """What each host measured, and where the environments differ."""
  lines = []
  for host in comparison.hosts:
    details = [*(file.path for file in host.files),
               human.plural(len(host.cases), 'case')]
    if host.busy:
      details.append(f'{comparison_model.BUSY} ({host.busy})')
    lines.append(f"{host.name}: {', '.join(details)}")
  if not comparison.different_keys:
    lines.append('environment: the same')
  for key, values in comparison.different_keys.items():
    # A processor changes only times, which are not judged.
    judged = key in comparison.across_keys or key == 'cpu_model'
    names: dict[str, list[str]] = collections.defaultdict(list)
    for name, value in values.items():
      names[value].append(name)
    lines.append(f"{'differs' if judged else 'not comparable'}: {key}: " +
                 '; '.join(f"{value} ({', '.join(of_value)})"
                           for value, of_value in names.items()))
  return lines


def findings(comparison: hosts_model.HostComparison) -> list[tables.Table]:
  """The tables, those about counts first."""
  shown = [_failures(comparison),
           *(_counts(comparison, verdict) for verdict in
             hosts_model.VERDICTS if verdict != 'agree'),
           _missing(comparison)]
  for metric in dict.fromkeys(row.metric for row in _times(comparison)):
    shown.append(_most_different(comparison, metric))
  shown.append(_ratios(comparison))
  return [table for table in shown if table.rows]


def _with_verdict(comparison: hosts_model.HostComparison,
                  verdict: str) -> list[hosts_model.Row]:
  return [row for row in comparison.rows if row.verdict == verdict]


def _times(comparison: hosts_model.HostComparison) -> list[hosts_model.Row]:
  return _with_verdict(comparison, '')


def _differs(row: hosts_model.Row) -> bool:
  return len(set(row.values.values())) > 1


def _values(comparison: hosts_model.HostComparison,
            row: hosts_model.Row) -> list[str]:
  unit = comparison.description.counters[row.metric].unit
  return [human.quantity(unit, row.values[host.name])
          if host.name in row.values else '-' for host in comparison.hosts]


def _names(comparison: hosts_model.HostComparison) -> list[str]:
  return [host.name for host in comparison.hosts]


def _failures(comparison: hosts_model.HostComparison) -> tables.Table:
  rows = [[case_id, name, message]
          for case_id, failed in comparison.failures.items()
          for name, message in failed.items()]
  return tables.Table(f'Errors ({len(rows)})', ['case', 'host', 'error'], rows,
                      left=(0, 1, 2), literal=(0, 2), folded=False)


def _counts(comparison: hosts_model.HostComparison,
            verdict: str) -> tables.Table:
  """The counts with a verdict that are not the same everywhere."""
  rows = [[row.id, row.metric, *_values(comparison, row), row.reason]
          for row in _with_verdict(comparison, verdict)
          if _differs(row) or verdict == 'inconclusive']
  last = 2 + len(comparison.hosts)
  return tables.Table(f'Counts: {verdict} ({len(rows)})',
                      ['case', 'counter', *_names(comparison), 'reason'], rows,
                      left=(0, 1, last), literal=(0, 1),
                      folded=verdict != 'disagree')


def _missing(comparison: hosts_model.HostComparison) -> tables.Table:
  rows = [[case_id, ', '.join(names)] for case_id, names
          in list(comparison.missing.items())[:_MOST_MISSING]]
  if len(comparison.missing) > len(rows):
    rows.append([f'... and {len(comparison.missing) - len(rows)} more '
                 '(--format=json)', ''])
  return tables.Table(f'Not on every host ({len(comparison.missing)})',
                      ['case', 'lacking on'], rows, left=(0, 1), folded=False)


def _most_different(comparison: hosts_model.HostComparison,
                    metric: str) -> tables.Table:
  """The cases of which a time differs most."""
  rows = sorted((row for row in _times(comparison)
                 if row.metric == metric and min(row.values.values()) > 0),
                key=_spread, reverse=True)[:_MOST_TIMES]
  return tables.Table(
      f'{metric} by host: the cases that differ most; ratio: largest / smallest',
      ['case', *_names(comparison), 'ratio'],
      [[row.id, *_values(comparison, row), f'{_spread(row):.2f}x']
       for row in rows])


def _spread(row: hosts_model.Row) -> float:
  return max(row.values.values()) / min(row.values.values())


def _ratios(comparison: hosts_model.HostComparison) -> tables.Table:
  """Each time of each host, relative to the first host."""
  ratios: dict[str, dict[str, list[float]]] = {}
  first = comparison.hosts[0].name
  for row in _times(comparison):
    of_metric = ratios.setdefault(row.metric, collections.defaultdict(list))
    if row.values.get(first):
      for name, value in row.values.items():
        of_metric[name].append(value / row.values[first])
  rows = [[metric, *(_range(of_metric[host.name])
                     for host in comparison.hosts)]
          for metric, of_metric in ratios.items()]
  return tables.Table(
      f'Times by host, not judged; ratio to {first}: median and range of the '
      'cases', ['counter', *_names(comparison)], rows, folded=False)


def _range(ratios: list[float]) -> str:
  if not ratios:
    return '-'
  if min(ratios) == max(ratios):
    return f'{ratios[0]:.2f}x'
  return (f'{statistics.median(ratios):.2f}x '
          f'({min(ratios):.2f}..{max(ratios):.2f})')
