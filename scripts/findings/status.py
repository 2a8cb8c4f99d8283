"""How a run went: what a reader must know before trusting its figures."""

import collections
import dataclasses
import re

from scripts.base import human
from scripts.reading import load
from scripts.reading import results_file


@dataclasses.dataclass(frozen=True)
class Failure:
  """Cases that failed for one reason."""
  reason: str
  case_ids: tuple[str, ...]

  @property
  def text(self) -> str:
    """Such as 'cow/a/free/glibc/size:1MiB and 3 more: killed by signal 9'."""
    others = len(self.case_ids) - 1
    more = f' and {others} more' if others else ''
    return f'{self.case_ids[0]}{more}: {self.reason}'


@dataclasses.dataclass(frozen=True)
class Status:
  """A run as a whole.

  Attributes:
    cases: how many there are, failed ones included.
    failures: why some failed, the most frequent reason first.
    repetitions: the largest number that a case has.
    load: how many other tasks ran or waited during the run, or else the load
      average before it; None if the file does not say.
    cpus: how many there are; 0 if the file does not say.
    busy: the other work on the machine, such as '1.2 other tasks on 2 CPUs';
      empty if there was little.
    commit: empty if it is unknown.
    machine: kernel and processor in words.
    date: when the run began, as in the file.
  """
  cases: int
  failures: tuple[Failure, ...]
  repetitions: int
  load: float | None
  cpus: int
  busy: str
  commit: str
  machine: str
  date: str

  @property
  def failed(self) -> int:
    """How many cases failed, in one repetition at least."""
    return len({case_id for failure in self.failures
                for case_id in failure.case_ids})

  @property
  def failure_text(self) -> str:
    """Empty if nothing failed."""
    if not self.failures:
      return ''
    if self.failed == self.cases:
      return f'All {self.cases} cases failed.' if self.cases > 1 else (
          'The only case failed.')
    return f'{self.failed} of {self.cases} cases failed.'

  @property
  def load_text(self) -> str:
    """A warning about other work on the machine, or ''."""
    if not self.busy:
      return ''
    return f'Busy machine ({self.busy}): times unreliable, counts exact.'


def of(results: results_file.ResultsFile) -> Status:
  context = results.context
  cases = results.cases.values()
  return Status(
      cases=len(cases),
      failures=_failures(results),
      repetitions=max((case.repetitions for case in cases), default=0),
      load=load.of(results),
      cpus=load.cpus(results),
      busy=load.words(results),
      commit=str(context.get('git_commit', '')),
      machine=', '.join(
          f'{word}{context[key]}' for key, word in
          (('kernel', 'Linux '), ('cpu_model', '')) if context.get(key)),
      date=str(context.get('date', '')))


def _failures(results: results_file.ResultsFile) -> tuple[Failure, ...]:
  # Reasons that differ only in a number or an address are the same.
  reasons: dict[str, dict[str, str]] = collections.defaultdict(dict)
  for case in results.cases.values():
    for error in case.errors:
      reasons[re.sub(r'\d+', '0', error)].setdefault(case.id, error)
  failures = [Failure(human.printable(next(iter(found.values()))),
                      tuple(found)) for found in reasons.values()]
  return tuple(sorted(failures, key=lambda failure: -len(failure.case_ids)))
