"""How soon a small program runs, by the way in which it was started."""

import re
from typing import Any

from scripts.reading import description
from scripts.reading import results_file

# A row of //benchmarks:spawn, and its counter.
_ROW = re.compile(r'spawn/([^/]+)/size:([1-9]\d{0,18}[KMG]iB)')
_COUNTER = 'child_time'


def lines(run: results_file.ResultsFile) -> list[dict[str, Any]]:
  """A line for each method of //benchmarks:spawn; none for other files.

  Each has a name and [bytes, seconds] points: the size of the process that
  starts the program, and the median time until the program runs.
  """
  found: dict[str, list[list[float]]] = {}
  for series in results_file.series_of(run):
    row = _ROW.fullmatch(series.case.id)
    if row and series.counter.name == _COUNTER:
      found.setdefault(row[1], []).append(
          [description.size_bytes(row[2]), series.median])
  return [{'name': name, 'points': sorted(points)}
          for name, points in found.items()]
