"""The data that the page's charts and table are drawn from."""

import base64
import statistics
import zlib

from scripts import metrics
from scripts import results_file


def page_data(runs: list[results_file.ResultsFile], names: list[str]) -> dict:
  """Medians of every case of every run; the full samples are in `raw`."""
  counters = list(metrics.MEANINGS)
  for run in runs:
    for case in run.cases.values():
      counters += (c for c in case.samples if c not in counters)
  present = [
      c for c in counters
      if any(c in case.samples for run in runs for case in run.cases.values())
  ]
  return {
      'counters': [{
          'name': c,
          'unit': metrics.unit(c),
          'meaning': metrics.meaning(c)
      } for c in present],
      'axes':
          results_file.AXES,
      'defaults':
          results_file.DEFAULT_AXES,
      'runs': [{
          'name': name,
          'pageSize': str(run.context.get('page_size', '')),
          'cases': [_case(case, present) for case in run.cases.values()]
      } for run, name in zip(runs, names)],
  }


def _case(case: results_file.CaseResult, counters: list[str]) -> list:
  size = case.axes['size']
  return [
      case.id,
      [case.axes[axis] for axis in results_file.AXES],
      results_file.size_bytes(size) if size else None,
      max(map(len, case.samples.values()), default=0),
      [_value(case.samples.get(counter)) for counter in counters],
      case.errors,
  ]


def _value(samples: list[float] | None):
  """The median alone where repetitions agree, else with low and high."""
  if not samples:
    return None
  low, high = min(samples), max(samples)
  if low == high:
    return _short(low)
  return [_short(v) for v in (statistics.median(samples), low, high)]


def _short(value: float) -> int | float:
  """Counts stay exact; of other numbers, what a chart can show is enough."""
  value = metrics.number(value)
  return value if isinstance(value, int) else float(f'{value:.7g}')


def packed(path: str) -> str:
  """A file's bytes, compressed (gzip) and as text (base64)."""
  # 31 asks for gzip's own header, which browsers can read.
  compress = zlib.compressobj(6, zlib.DEFLATED, 31)
  parts = []
  with open(path, 'rb') as file:
    while block := file.read(1 << 20):
      parts.append(compress.compress(block))
  parts.append(compress.flush())
  return base64.b64encode(b''.join(parts)).decode('ascii')
