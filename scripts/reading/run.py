"""A results file seen as one run of the suite: what, when, of which commit."""

import dataclasses
import datetime

from scripts.base import cli
from scripts.reading import results_file


@dataclasses.dataclass(frozen=True)
class Run:
  results: results_file.ResultsFile
  commit: str  # Empty if it is unknown.
  date: datetime.datetime  # UTC.

  def environment(self, key: str) -> str:
    """An item of the context as text, empty where the file has none."""
    return str(self.results.context.get(key, ''))


def of(results: results_file.ResultsFile, commit: str | None) -> Run:
  """A file as a run; `commit` replaces the one in the file, unless None."""
  if commit is None:
    commit = str(results.context.get('git_commit', ''))
  return Run(results, commit, _date(results))


def _date(results: results_file.ResultsFile) -> datetime.datetime:
  text = results.context.get('date')
  try:
    date = datetime.datetime.fromisoformat(str(text))
  except (TypeError, ValueError):
    raise cli.BadInput(
        f"{results.path}: the context's date is not an ISO 8601 date: {text!r}"
    ) from None
  # Google Benchmark 1.5 and older wrote local time without an offset.
  return date.astimezone(datetime.timezone.utc)
