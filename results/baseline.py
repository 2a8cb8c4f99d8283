"""Baselines: the deterministic counters of one environment, as text.

A file begins with the fingerprint, a line `key: value` for each key. After an
empty line follows a table with spaces between its columns: a line with `case`
and the counters, then a line for each case. `-` stands for a missing counter.
"""

import hashlib
import json
import os
import re
from typing import Any

from scripts.base import cli
from scripts.reading import description as descriptions
from scripts.reading import environment
from scripts.reading import results_file

_HEADER = ('# Deterministic counters of the smoke preset; written by '
           '`bazel run //results:update`.\n')


def file_name(context: dict[str, Any]) -> str:
  """The file name of the environment's baseline."""
  fingerprint = environment.fingerprint(context)
  digest = hashlib.sha256(
      json.dumps(fingerprint, sort_keys=True).encode()).hexdigest()
  kernel = re.sub(r'[^\w.-]', '_', fingerprint.get('kernel', 'unknown'))
  return f'linux-{kernel}-{digest[:8]}.txt'


def to_text(results: results_file.ResultsFile) -> str:
  """The text of the baseline with these results.

  Raises:
    BadInput: a case has an error, or a counter did not repeat.
  """
  lines = [_HEADER]
  lines += [f'{key}: {value}\n' for key, value
            in environment.fingerprint(results.context).items()]
  counters = [counter for counter in results.description.of_kind('count')
              if any(counter in case.samples
                     for case in results.cases.values())]
  lines.append(f"\n{' '.join(('case', *counters))}\n")
  for case in results.cases.values():
    if case.errors:
      raise cli.BadInput(f'{results.path}: {case.id}: {case.errors[0]}')
    cells = [_cell(results.path, case, counter) for counter in counters]
    lines.append(f"{' '.join((case.id, *cells))}\n")
  return ''.join(lines)


def _cell(path: str, case: results_file.CaseResult, counter: str) -> str:
  values = set(case.samples.get(counter, ()))
  if len(values) > 1:
    raise cli.BadInput(
        f'{path}: {case.id}: {counter} differs between repetitions: '
        f'{sorted(values)}')
  for value in values:
    return str(int(value)) if value.is_integer() else repr(value)
  return '-'


def load(path: str,
         description: descriptions.Description) -> results_file.ResultsFile:
  """Reads a baseline as a results file; raises BadInput.

  Args:
    path: of the baseline.
    description: of its counters and axes, which the text does not contain.
  """
  try:
    with open(path, encoding='utf-8') as file:
      lines = file.read().splitlines()
  except (OSError, ValueError) as error:
    raise cli.BadInput(f'{path}: {error}') from error
  context = {}
  counters: list[str] = []
  cases: dict[str, results_file.CaseResult] = {}
  for number, line in enumerate(lines, start=1):
    if not line or line.startswith('#'):
      continue
    try:
      if line.startswith('cow/'):
        case = _case(line, counters, description)
        if case.id in cases:
          raise ValueError('the case also appears above')
        cases[case.id] = case
      elif line.startswith('case '):
        counters = line.split(' ')[1:]
      else:
        key, value = line.split(': ', 1)
        context[key] = value
    except ValueError as error:
      raise cli.BadInput(f'{path}:{number}: {error}') from error
  if os.path.basename(path) != file_name(context):
    raise cli.BadInput(
        f'{path}: the name for this environment is {file_name(context)}')
  return results_file.ResultsFile(path, context, description, cases)


def _case(line: str, counters: list[str],
          description: descriptions.Description) -> results_file.CaseResult:
  case_id, *cells = line.split(' ')
  if len(cells) != len(counters):
    raise ValueError(f'{len(cells)} values for {len(counters)} counters')
  samples = {counter: [float(cell)] for counter, cell in zip(counters, cells)
             if cell != '-'}
  return results_file.CaseResult(case_id, description.parse(case_id), samples)
