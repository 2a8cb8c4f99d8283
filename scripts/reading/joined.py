"""Several files as one: a key of their contexts becomes an axis of the cases."""

import dataclasses

from scripts.base import cli
from scripts.reading import results_file


def by_context(files: list[results_file.ResultsFile],
               key: str) -> results_file.ResultsFile:
  """The cases of all files; the first file's value of the axis is the default.

  Raises BadInput unless each file has a value of its own.
  """
  first, description = files[0], files[0].description
  for file in files[1:]:
    description = description.joined(file.description, file.path)
  if key in description.all_axes:
    raise cli.BadInput(f'--by={key}: the cases have an axis of this name')
  paths: dict[str, str] = {}
  cases = {}
  for file in files:
    value = str(file.context.get(key, ''))
    if not value:
      raise cli.BadInput(f'--by={key}: not in the context of {file.path}')
    if value in paths:
      raise cli.BadInput(f'--by={key}: {paths[value]} and {file.path} both '
                         f'have {value}')
    paths[value] = file.path
    for case in file.cases.values():
      case_id = case.id if file is first else f'{case.id}/{key}:{value}'
      cases[case_id] = dataclasses.replace(case, id=case_id,
                                           axes=case.axes | {key: value})
  axes = description.axes | {key: str(first.context[key])}
  return dataclasses.replace(
      first, description=dataclasses.replace(description, axes=axes),
      cases=cases)
