"""How busy the machine was with other things while a run was measured."""

import statistics
from typing import Any

from scripts.base import human
from scripts.reading import results_file

# The machine is busy if more than this share of its CPUs has other work. The
# load average includes what ran before the suite, such as its build.
_MOST_COUNTED = 0.25
_MOST_AVERAGE = 0.5


def of_case(case: results_file.CaseResult,
            results: results_file.ResultsFile) -> float | None:
  """Other tasks that ran or waited; None if the suite did not count them."""
  values = [value for name in results.description.of_kind('load')
            for value in case.samples.get(name, ())]
  return statistics.fmean(values) if values else None


def of_run(results: results_file.ResultsFile) -> float | None:
  """The mean over all cases; None if the suite did not count them."""
  loads = [load for case in results.cases.values()
           if (load := of_case(case, results)) is not None]
  return statistics.fmean(loads) if loads else None


def cpus(results: results_file.ResultsFile) -> int:
  """How many there are; 0 if the file does not say."""
  number = results.context.get('num_cpus')
  return number if isinstance(number, int) else 0


def average(results: results_file.ResultsFile) -> float | None:
  """The load average of the minute before the run; None if it is unknown."""
  value: Any = results.context.get('load_avg')
  first = value[0] if isinstance(value, list) and value else None
  return float(first) if isinstance(first, (int, float)) else None


def of(results: results_file.ResultsFile) -> float | None:
  """The load that the suite counted, or else the load average before it."""
  counted = of_run(results)
  return average(results) if counted is None else counted


def words(results: results_file.ResultsFile,
          case: results_file.CaseResult | None = None) -> str:
  """How busy the machine was during a run or a case; empty if it was not."""
  number = cpus(results)
  cpus_text = human.plural(number, 'CPU')
  counted = of_run(results) if case is None else of_case(case, results)
  if counted is not None:
    if counted <= number * _MOST_COUNTED or not number:
      return ''
    return f'{counted:.1f} other tasks on {cpus_text}'
  before = average(results)
  if before is None or before <= number * _MOST_AVERAGE or not number:
    return ''
  return f'load average {before:.1f} on {cpus_text}'
