"""The strip at the top of the page: what was run, and how well."""

import html
from typing import Callable

from scripts.base import human
from scripts.base import tables
from scripts.findings import status
from scripts.reading import description as descriptions
from scripts.reading import results_file
from scripts.report_page import markup

_Runs = list[tuple[str, results_file.ResultsFile]]


def items(runs: _Runs) -> str:
  """The items as HTML; an item that is the same in all runs comes once."""
  return ''.join(
      f'<div{_warns(title, runs)}><dt>{title}</dt>'
      f"<dd>{'<br>'.join(map(html.escape, texts))}</dd></div>"
      for title, read in _ITEMS.items() if (texts := _texts(runs, read)))


def _texts(runs: _Runs,
           read: Callable[[results_file.ResultsFile], str]) -> list[str]:
  by_name = [(name, read(run)) for name, run in runs]
  if len({text for _, text in by_name}) == 1:
    return [by_name[0][1]] if by_name[0][1] else []
  return [f'{name}: {text}' for name, text in by_name if text]


def _warns(title: str, runs: _Runs) -> str:
  how = [status.of(run) for _, run in runs]
  warn = (title == 'Load' and any(each.busy for each in how) or
          title == 'Failed' and any(each.failed for each in how))
  return ' class="warn"' if warn else ''


def _cases(run: results_file.ResultsFile) -> str:
  cases = run.cases.values()
  counts = [(len({case.axes[axis] for case in cases} - {''}), axis)
            for axis in descriptions.LEADING_AXES]
  axes = ', '.join(human.plural(count, axis) for count, axis in counts if count)
  return f'{len(run.cases)}: {axes}' if axes else str(len(run.cases))


def _load(run: results_file.ResultsFile) -> str:
  how = status.of(run)
  if how.busy:
    return f'{how.busy}: times unreliable, counts exact'
  if how.load is None:
    return ''
  return f"{how.load:.1f} on {human.plural(how.cpus, 'CPU')}"


_ITEMS: dict[str, Callable[[results_file.ResultsFile], str]] = {
    'Cases': _cases,
    'Failed': lambda run: str(status.of(run).failed or 'none'),
    'Load': _load,
    'Repetitions': lambda run: str(status.of(run).repetitions),
    'Commit': lambda run: status.of(run).commit[:12],
    'Machine': lambda run: status.of(run).machine,
    'Measured': lambda run: status.of(run).date.replace('T', ' ')}


def failures(run: results_file.ResultsFile) -> str:
  """The failed cases and the reasons as HTML, or ''."""
  how = status.of(run)
  if not how.failures:
    return ''
  return '<div class="failures">' + markup.table(tables.Table(
      how.failure_text, ['reason', 'cases', 'the first of them'],
      [[failure.reason, str(len(failure.case_ids)), failure.case_ids[0]]
       for failure in how.failures], left=(0, 2), folded=False)) + '</div>'
