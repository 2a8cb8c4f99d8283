"""The strip at the top of the page: what was run, and how far to trust it."""

import html
from typing import Callable, Iterator

from scripts.base import human
from scripts.base import tables
from scripts.reading import description as descriptions
from scripts.reading import results_file
from scripts.report_page import markup

_Runs = list[tuple[str, results_file.ResultsFile]]


def strip(runs: _Runs) -> str:
  """The items as HTML; what is the same in all runs is said once."""
  return ''.join(
      f'<div{_warns(texts)}><dt>{title}</dt>'
      f"<dd>{'<br>'.join(map(html.escape, texts))}</dd></div>"
      for title, read in _ITEMS.items() if (texts := _texts(runs, read)))


def _texts(runs: _Runs,
           read: Callable[[results_file.ResultsFile], str]) -> list[str]:
  by_name = [(name, read(run)) for name, run in runs]
  if len({text for _, text in by_name}) == 1:
    return [by_name[0][1]] if by_name[0][1] else []
  return [f'{name}: {text}' for name, text in by_name if text]


def _warns(texts: list[str]) -> str:
  warn = any('failed' in text or 'unreliable' in text for text in texts)
  return ' class="warn"' if warn else ''


def _cases(run: results_file.ResultsFile) -> str:
  cases = run.cases.values()
  counts = [len({case.axes[axis] for case in cases} - {''})
            for axis in descriptions.LEADING_AXES]
  axes = [human.plural(count, axis)
          for count, axis in zip(counts, descriptions.LEADING_AXES) if count]
  failed = sum(bool(case.errors) for case in cases)
  return (f'{len(run.cases)}: ' + ', '.join(axes) if axes else
          str(len(run.cases))) + (f'; {failed} failed' if failed else '')


def _repetitions(run: results_file.ResultsFile) -> str:
  return str(max((case.repetitions for case in run.cases.values()), default=0))


def _load(run: results_file.ResultsFile) -> str:
  average = run.context.get('load_avg')
  cpus = run.context.get('num_cpus')
  if not (isinstance(average, list) and average and
          isinstance(average[0], (int, float)) and isinstance(cpus, int)):
    return ''
  text = f"{average[0]:.1f} on {human.plural(cpus, 'CPU')}"
  # The run itself keeps one of them busy.
  if average[0] <= cpus:
    return text
  return text + ': times unreliable, counts exact'


def _item(key: str) -> Callable[[results_file.ResultsFile], str]:
  return lambda run: str(run.context.get(key, ''))


def _machine(run: results_file.ResultsFile) -> str:
  return ', '.join(str(run.context[key]) for key in ('cpu_model', 'kernel')
                   if key in run.context)


_ITEMS = {
    'Cases': _cases, 'Load': _load, 'Repetitions': _repetitions,
    'Commit': lambda run: str(run.context.get('git_commit', ''))[:12],
    'Machine': _machine, 'Measured': _item('date')}


def failures(runs: _Runs) -> str:
  """What failed and why, as HTML; nothing if nothing did."""
  titled = len(runs) > 1
  parts = []
  for name, run in runs:
    rows = list(_reasons(run))
    if rows:
      failed = sum(bool(case.errors) for case in run.cases.values())
      title = f"{human.plural(failed, 'case')} failed"
      parts.append(markup.table(tables.Table(
          f'{name}: {title}' if titled else title,
          ['reason', 'cases', 'the first of them'], rows, left=(0, 2),
          folded=False)))
  return f"<div class=\"failures\">{''.join(parts)}</div>" if parts else ''


def _reasons(run: results_file.ResultsFile) -> Iterator[list[str]]:
  by_reason: dict[str, list[str]] = {}
  for case in run.cases.values():
    for reason in dict.fromkeys(case.errors):
      by_reason.setdefault(reason, []).append(case.id)
  for reason, ids in by_reason.items():
    yield [reason, str(len(ids)), ids[0]]
