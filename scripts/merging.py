"""Makes one results file of several: of shards, or of repetitions."""

import json

from scripts import environment
from scripts import results_file


def read(path):
  """The JSON of a results file, once results_file.load accepts it."""
  results_file.load(path)
  root = results_file.read_json(path)
  results_file.check_layout(path, root)
  return root


def merge_shards(paths):
  """One file's JSON with every row of several files, in their order.

  Raises:
    BadInput: the files come from different environments, or a case stands in
      several of them.
  """
  roots = [read(path) for path in paths]
  owner = {}
  rows = []
  family = 0
  for path, root in zip(paths, roots):
    cases = {_case_id(row) for row in root['benchmarks']}
    for case_id in cases:
      if case_id in owner:
        raise results_file.BadInput(
            f'{path}: {case_id!r} stands in {owner[case_id]}, too')
      owner[case_id] = path
    first_family = family
    for row in root['benchmarks']:
      if 'family_index' in row:
        row['family_index'] += first_family
        family = max(family, row['family_index'] + 1)
      rows.append(row)
  context = _merge_contexts(paths, [root['context'] for root in roots])
  return {'context': context, 'benchmarks': rows}


def merge_repetitions(paths):
  """One file's JSON with every run of the same cases as a repetition."""
  roots = [read(path) for path in paths]
  taken = {}
  rows = []
  for root in roots:
    for row in root['benchmarks']:
      if row.get('run_type') == 'aggregate':
        continue  # says nothing that is true of all repetitions
      case_id = _case_id(row)
      row['repetition_index'] = taken.get(case_id, 0)
      taken[case_id] = row['repetition_index'] + 1
      rows.append(row)
  for row in rows:
    row['repetitions'] = taken[_case_id(row)]
  context = _merge_contexts(paths, [root['context'] for root in roots])
  return {'context': context, 'benchmarks': rows}


def to_text(root):
  """The JSON as Google Benchmark lays it out."""
  return json.dumps(root, indent=2, allow_nan=False) + '\n'


def _case_id(row):
  return results_file.case_id_of(row.get('run_name', row['name']))


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
