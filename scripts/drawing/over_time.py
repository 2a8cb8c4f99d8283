"""What each child of a traced program had copied, over time."""

import json
import sys
from typing import Any

from scripts.base import cli
from scripts.reading import results_file

# The context's key, which //benchmarks:program --interval writes.
KEY = 'over_time'

# As many as a legend and the colours can tell apart.
_MOST_LINES = 6


def lines(run: results_file.ResultsFile) -> list[dict[str, Any]]:
  """A line for each child of the first repetition; BadInput for other text.

  Each has a name and [seconds, bytes] points: the seconds since the program
  began, and what the child and its parent had copied of what they shared. Of
  many children, those that copied most; none that copied nothing.
  """
  text = run.context.get(KEY)
  if text is None:
    return []
  try:
    found = json.loads(text, parse_constant=_refuse)
    interval = _number(found['interval_seconds'])
    all_lines: list[dict[str, Any]] = [
        {'name': 'child ' + _name(each['name']),
         'points': _points(interval, each)}
        for each in found['series'] if each['repetition'] == 0]
  except (KeyError, TypeError, ValueError, RecursionError) as error:
    raise cli.BadInput(f"{run.path}: '{KEY}' of the context is not as "
                       f'--interval writes it: {error!r}') from error
  copied = {i: line['points'][-1][1] for i, line in enumerate(all_lines)}
  drawn = sorted((i for i in copied if copied[i] > 0), key=copied.__getitem__,
                 reverse=True)[:_MOST_LINES]
  return [all_lines[i] for i in sorted(drawn)]


def _name(case_id: Any) -> str:
  if not isinstance(case_id, str):
    raise TypeError(f'{case_id!r} is not a name')
  return case_id.partition('/child:')[2] or case_id


def _points(interval: float, each: dict[str, Any]) -> list[list[float]]:
  begin = _number(each['begin_seconds'])
  sums = [_number(own) + _number(peer) for own, peer in zip(
      each['copied_bytes'], each['peer_copied_bytes'], strict=True)]
  points = [[begin, 0.0]] + [[round(begin + (i + 1) * interval, 9), copied]
                             for i, copied in enumerate(sums)]
  # A level stretch is known by its ends.
  return [point for i, point in enumerate(points)
          if i in (0, len(points) - 1) or
          not points[i - 1][1] == point[1] == points[i + 1][1]]


def _number(value: Any) -> float:
  # An int of any size is below infinity.
  if type(value) not in (int, float) or not 0 <= value <= sys.float_info.max:
    raise ValueError(f'{value!r} is not a number from 0 on')
  return float(value)


def _refuse(name: str) -> None:
  raise ValueError(f'{name} is not JSON')
