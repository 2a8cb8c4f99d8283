"""JSON of many entries as text, one entry a line.

Compact enough to be quick, and yet to be read and compared line by line. The
text comes in parts, so that nobody needs the memory for all of it.
"""

import json

# One value on one line; objects as their attributes.
_dumps = json.JSONEncoder(allow_nan=False, check_circular=False,
                          default=vars).encode


def array(values):
  """The parts of a list."""
  yield from _lines('[', map(_dumps, values), ']')


def mapping(pairs):
  """The parts of an object, of pairs of key and value."""
  yield from _lines(
      '{', (f'{_dumps(key)}: {_dumps(value)}' for key, value in pairs), '}')


def with_array(value, name, values):
  """The parts of an object that is a dict and a list under another name."""
  head = ''.join(f'{_dumps(key)}: {_dumps(item)},\n'
                 for key, item in value.items())
  yield from _lines(f'{{{head}{_dumps(name)}: [', map(_dumps, values), ']}')


def _lines(opening, entries, closing):
  yield opening
  separator = '\n'
  for entry in entries:
    yield separator + entry
    separator = ',\n'
  yield f'\n{closing}\n'
