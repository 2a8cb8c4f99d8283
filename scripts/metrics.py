"""What the counters of a results file measure, and in which unit.

A results file may hold counters that this table does not know (a program of
one's own on top of //lib/fork): their unit follows from the name's ending, the
same rule that the names in the table obey.
"""

import dataclasses
import functools
import statistics
from typing import Iterator

from scripts import results_file

# What each counter means, in one sentence that stands on its own in a
# dashboard. Values are per child, the mean over a repetition's iterations.
MEANINGS = {
    'copied_bytes':
        'Bytes of pages the kernel copied for the writer during the window.',
    'amplification':
        'Copied bytes for each distinct byte that the pattern stored to.',
    'minor_faults':
        'Minor page faults of the writer during the window.',
    'fork_time':
        'Time the parent spent in its fork calls.',
    'access_time':
        "Time from the first writer's window begin to the last one's end.",
    'exit_time':
        "Time from the last writer's end of work until all children were"
        ' reaped.',
    'copied_page_time':
        'Time of the window for each page copied in it.',
    'wall_time':
        'Time of fork, access and exit together.',
    'fork_tax_bytes':
        'Bytes already copied when the window began, merely by being forked.',
    'fresh_bytes':
        'Bytes of pages newly allocated during the window: not copies.',
    'copied_metadata_bytes':
        'Copied bytes in pages that hold no element of the data set.',
    'resident_bytes':
        'Anonymous resident bytes that the data set added to the subject.',
    'huge_bytes':
        "Bytes of the subject's memory that huge pages mapped when the data set"
        ' was ready.',
    'major_faults':
        'Major page faults of the writer during the window.',
}

_UNITS = {'bytes': 'bytes', 'time': 'seconds', 'faults': 'faults'}


@functools.cache
def unit(metric: str) -> str:
  """Base unit of a metric: bytes, seconds, faults or ratio."""
  return _UNITS.get(metric.rpartition('_')[2], 'ratio')


def meaning(metric: str) -> str:
  return MEANINGS.get(metric, f'Counter {metric}.')


def is_time(metric: str) -> bool:
  return unit(metric) == 'seconds'


@dataclasses.dataclass
class Series:
  """One metric of one case: a value for each repetition."""

  case: 'results_file.CaseResult'
  metric: str
  samples: list[float]

  @property
  def median(self) -> float:
    return statistics.median(self.samples)

  @property
  def low(self) -> float:
    return min(self.samples)

  @property
  def high(self) -> float:
    return max(self.samples)


def series_of(results: 'results_file.ResultsFile') -> Iterator[Series]:
  """Every metric of every case that has samples, in the file's order."""
  for case in results.cases.values():
    for metric, samples in case.samples.items():
      if samples:
        yield Series(case, metric, samples)


def number(value: float) -> int | float:
  """Whole numbers without a decimal point: 4096, not 4096.0."""
  return int(value) if value == int(value) else value
