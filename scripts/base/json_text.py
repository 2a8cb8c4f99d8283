"""JSON of many entries as text, one entry a line.

Compact enough to be quick, and yet to be read and compared line by line. The
text comes in parts, so that it is never all in memory.
"""

import json
from typing import Any, Iterable, Iterator


def _attributes(value: Any) -> dict[str, Any]:
  return {name: getattr(value, name) for name in value.__slots__}


# One value on one line; objects, which have slots, as their attributes.
dumps = json.JSONEncoder(allow_nan=False, check_circular=False,
                         default=_attributes).encode


def array(values: Iterable[Any]) -> Iterator[str]:
  """The parts of a list."""
  return _lines('[', map(dumps, values), ']')


def mapping(pairs: Iterable[tuple[str, Any]]) -> Iterator[str]:
  """The parts of an object, of pairs of key and value."""
  return _lines(
      '{', (f'{dumps(key)}: {dumps(value)}' for key, value in pairs), '}')


def with_array(value: dict[str, Any], name: str,
               values: Iterable[Any]) -> Iterator[str]:
  """The parts of an object that is a dict and a list under another name."""
  return with_lines(value, name, map(dumps, values))


def with_lines(value: dict[str, Any], name: str,
               entries: Iterable[str]) -> Iterator[str]:
  """Likewise, of entries that are JSON already."""
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
