"""Writes JSON with one entry on each line, for people and for diff(1).

The text comes in parts, so that memory never holds all of it.
"""

import json
from typing import Any, Iterable, Iterator


def _attributes(value: Any) -> dict[str, Any]:
  return {name: getattr(value, name) for name in value.__slots__}


# Writes a value on one line. An object with slots becomes a dict of them.
dumps = json.JSONEncoder(allow_nan=False, check_circular=False,
                         default=_attributes).encode


def array(values: Iterable[Any]) -> Iterator[str]:
  """The parts of a list."""
  return _lines('[', map(dumps, values), ']')


def mapping(pairs: Iterable[tuple[str, Any]]) -> Iterator[str]:
  """The parts of an object, from pairs of key and value."""
  return _lines(
      '{', (f'{dumps(key)}: {dumps(value)}' for key, value in pairs), '}')


def with_array(value: dict[str, Any], name: str,
               values: Iterable[Any]) -> Iterator[str]:
  """The parts of an object: `value`, and `values` under the key `name`."""
  return with_lines(value, name, map(dumps, values))


def with_lines(value: dict[str, Any], name: str,
               entries: Iterable[str]) -> Iterator[str]:
  """The same, for entries that are JSON already."""
  head = ''.join(f'{dumps(key)}: {dumps(item)},\n'
                 for key, item in value.items())
  return _lines(f'{{{head}{dumps(name)}: [', entries, ']}')


def _lines(opening: str, entries: Iterable[str], closing: str) -> Iterator[str]:
  yield opening
  separator = '\n'
  for entry in entries:
    yield separator + entry
    separator = ',\n'
  yield f'\n{closing}\n'
