"""The data of the charts and of the report's table."""

import dataclasses
import functools
import statistics
from typing import Any

from scripts.drawing import over_time
from scripts.drawing import picks
from scripts.drawing import starts
from scripts.reading import description as descriptions
from scripts.reading import results_file


def joined_description(
    runs: list[results_file.ResultsFile]) -> descriptions.Description:
  """The description of all runs; raises BadInput if they differ."""
  return functools.reduce(
      lambda joined, run: joined.joined(run.description, run.path), runs[1:],
      runs[0].description)


def present_counters(
    runs: list[results_file.ResultsFile]) -> list[descriptions.Counter]:
  """The counters that a case has; described counters come first."""
  description = joined_description(runs)
  found = dict.fromkeys(name for run in runs for case in run.cases.values()
                        for name in case.samples)
  return [description.counter(name) for name in
          dict.fromkeys((*description.counters, *found)) if name in found]


def page_data(runs: list[results_file.ResultsFile],
              names: list[str]) -> dict[str, Any]:
  """Medians of every case of every run; the full samples are in `raw`."""
  counters = present_counters(runs)
  description = joined_description(runs)
  return {
      'counters': list(map(dataclasses.asdict, counters)),
      'axes': description.all_axes,
      'defaults': description.axes,
      'runs': [{
          'name': name,
          'pageSize': str(run.context.get('page_size', '')),
          'differences': picks.differences(run),
          'panels': list(picks.panels(run)),
          'seed': picks.seed(run),
          'overTime': over_time.lines(run),
          'starts': starts.lines(run),
          'cases': [_case(case, description, counters)
                    for case in run.cases.values()]
      } for run, name in zip(runs, names)]}


def _case(case: results_file.CaseResult,
          description: descriptions.Description,
          counters: list[descriptions.Counter]) -> list[Any]:
  size = case.axes['size']
  # An axis that only another run has is at its default here.
  axes = description.axes | case.axes
  return [
      case.id,
      [axes[axis] for axis in description.all_axes],
      descriptions.size_bytes(size) if size else None,
      max(map(len, case.samples.values()), default=0),
      [_value(case.samples.get(counter.name)) for counter in counters],
      case.errors]


def _value(
    samples: list[float] | None) -> int | float | list[int | float] | None:
  """The value if all repetitions agree, or else median, lowest, highest."""
  if not samples:
    return None
  low, high = min(samples), max(samples)
  if low == high:
    return _short(low)
  return [_short(v) for v in (statistics.median(samples), low, high)]


def _short(value: float) -> int | float:
  """Whole numbers stay exact; seven digits of others are enough for a chart."""
  short = results_file.number(value)
  return short if isinstance(short, int) else float(f'{short:.7g}')
