"""Makes one results file of several: of shards, or of repetitions.

Files are read twice, first to find out whether they fit together, so that
neither their rows nor the text that is made of them is ever all in memory.
"""

import collections
import os

from scripts import environment
from scripts import json_rows
from scripts import json_text
from scripts import results_file


def merge_shards(paths):
  """One file's JSON with every row of several files, in their order.

  Returns: the number of cases, and the text in parts.

  Raises:
    BadInput: the files come from different environments, or a case stands in
      several of them.
  """
  owner = {}
  contexts = []
  for path in paths:
    file = _load(path)
    contexts.append(file.context)
    for case_id in file.cases:
      if case_id in owner:
        raise results_file.BadInput(
            f'{path}: {case_id!r} stands in {owner[case_id]}, too')
      owner[case_id] = path
  return len(owner), _text(paths, contexts, _rows_of_shards(paths))


def merge_repetitions(paths):
  """One file's JSON with every run of the same cases as a repetition.

  Returns: the text in parts.

  Raises:
    BadInput: the files come from different environments.
  """
  repetitions = collections.Counter()
  contexts = []
  for path in paths:
    file = _load(path)
    contexts.append(file.context)
    for case in file.cases.values():
      repetitions[case.id] += case.repetitions
  return _text(paths, contexts, _rows_of_repetitions(paths, repetitions))


def _load(path):
  # A pipe cannot be read twice.
  if os.path.exists(path) and not os.path.isfile(path):
    raise results_file.BadInput(f'{path}: not a file')
  return results_file.load(path)


def _rows_of_shards(paths):
  family = 0
  for path in paths:
    first_family = family
    for row in json_rows.read(path, {}):
      if 'family_index' in row:
        row['family_index'] += first_family
        family = max(family, row['family_index'] + 1)
      yield row


def _rows_of_repetitions(paths, repetitions):
  taken = collections.Counter()
  for path in paths:
    for row in json_rows.read(path, {}):
      if results_file.is_aggregate(row):
        continue  # says nothing that is true of all repetitions
      case_id = results_file.row_case_id(row)
      row['repetition_index'] = taken[case_id]
      row['repetitions'] = repetitions[case_id]
      taken[case_id] += 1
      yield row


def _text(paths, contexts, rows):
  context = _merge_contexts(paths, contexts)
  return json_text.with_array({'context': context}, 'benchmarks', rows)


def _merge_contexts(paths, contexts):
  """The first context, with what only others say.

  A difference in the fingerprint is an error; different processors are kept
  side by side, so that nobody compares their times.
  """
  merged = dict(contexts[0])
  for path, context in zip(paths[1:], contexts[1:]):
    for key, value in context.items():
      known = merged.setdefault(key, value)
      if known == value:
        continue
      if key in environment.MACHINE_KEYS or key.startswith('allocator_'):
        raise results_file.BadInput(
            f'{path}: its {key} is {value!r}, but in {paths[0]} and what '
            f'follows it is {known!r}')
      if key == 'cpu_model' and value not in str(known).split(' + '):
        merged[key] = f'{known} + {value}'
  return merged
