"""Baselines: the deterministic counters of one environment, as text.

A file starts with the fingerprint, one `key: value` in a line; after an empty
line, every case has a line of its own: `<case id> <counter>=<value> ...`.
"""

import hashlib
import json
import os
import re

from scripts import environment
from scripts import results_file

_HEADER = ('# Deterministic counters of the smoke preset; written by '
           '`bazel run //results:update`.\n')


def file_name(context):
  """The name of the baseline of an environment."""
  fingerprint = environment.fingerprint(context)
  digest = hashlib.sha256(
      json.dumps(fingerprint, sort_keys=True).encode()).hexdigest()
  kernel = re.sub(r'[^\w.-]', '_', fingerprint.get('kernel', 'unknown'))
  return f'linux-{kernel}-{digest[:8]}.txt'


def to_text(results):
  """The baseline that a results file amounts to.

  Raises:
    BadInput: a case has an error, or a counter did not repeat.
  """
  lines = [_HEADER]
  lines += [f'{key}: {value}\n' for key, value
            in environment.fingerprint(results.context).items()]
  lines.append('\n')
  for case in results.cases.values():
    if case.errors:
      raise results_file.BadInput(
          f'{results.path}: {case.id}: {case.errors[0]}')
    lines.append(f'{case.id}{_counters_text(results.path, case)}\n')
  return ''.join(lines)


def _counters_text(path, case):
  text = ''
  for counter in results_file.DETERMINISTIC_COUNTERS:
    values = set(case.samples.get(counter, ()))
    if len(values) > 1:
      raise results_file.BadInput(
          f'{path}: {case.id}: {counter} differs between repetitions: '
          f'{sorted(values)}')
    for value in values:
      text += f' {counter}={int(value) if value.is_integer() else value!r}'
  return text


def load(path):
  """Reads a baseline as a results file; raises BadInput."""
  try:
    with open(path, encoding='utf-8') as file:
      lines = file.read().splitlines()
  except (OSError, ValueError) as error:
    raise results_file.BadInput(f'{path}: {error}') from error
  context = {}
  cases = {}
  for number, line in enumerate(lines, start=1):
    if not line or line.startswith('#'):
      continue
    try:
      if line.startswith('cow/'):
        case = _case(line)
        if case.id in cases:
          raise ValueError('a case that stands above, too')
        cases[case.id] = case
      else:
        key, value = line.split(': ', 1)
        context[key] = value
    except ValueError as error:
      raise results_file.BadInput(f'{path}:{number}: {error}') from error
  if os.path.basename(path) != file_name(context):
    raise results_file.BadInput(
        f'{path}: of the environment in it, the name is {file_name(context)}')
  return results_file.ResultsFile(path, context, cases)


def _case(line):
  case_id, *counters = line.split(' ')
  case = results_file.CaseResult(case_id, results_file.parse_case_id(case_id))
  for counter in counters:
    name, value = counter.split('=')
    case.samples[name] = [float(value)]
  return case
