"""How busy the machine was with other things while a run was measured."""

import statistics
from typing import Any

from scripts.reading import results_file

# Parts of the CPUs. The load average contains what ran before, such as the
# build of the suite; what the suite has counted itself does not.
_MOST_COUNTED = 0.25
_MOST_AVERAGE = 0.5


def of_case(case: results_file.CaseResult,
            results: results_file.ResultsFile) -> float | None:
  """Other tasks that ran or waited; None if nobody has counted them."""
  values = [value for name in results.description.of_kind('load')
            for value in case.samples.get(name, ())]
  return statistics.fmean(values) if values else None


def of_run(results: results_file.ResultsFile) -> float | None:
  """The mean over all cases; None if nobody has counted them."""
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
  """The best that is known of a run."""
  counted = of_run(results)
  return average(results) if counted is None else counted


def words(results: results_file.ResultsFile,
          case: results_file.CaseResult | None = None) -> str:
  """How busy a run was, or one case of it; empty if it was not."""
  number = cpus(results)
  counted = of_run(results) if case is None else of_case(case, results)
  if counted is not None:
    if counted <= number * _MOST_COUNTED or not number:
      return ''
    return f'{counted:.1f} other tasks on {_cpus(number)}'
  before = average(results)
  if before is None or before <= number * _MOST_AVERAGE or not number:
    return ''
  return f'load average {before:.1f} on {_cpus(number)}'


def _cpus(number: int) -> str:
  return f'{number} CPU' if number == 1 else f'{number} CPUs'
