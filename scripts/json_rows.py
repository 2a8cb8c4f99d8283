"""Reads the JSON of Google Benchmark row by row.

Of each row little is needed for long. All rows of a large matrix at once would
take many times the memory of what is kept of them.
"""

import json
import os
import re

# More than a full preset with nine repetitions. What is no regular file may
# not end at all.
MAX_FILE_BYTES = 90 * 2**20

# Characters that a row, or the context, has at the most.
_LONGEST_VALUE = 2**20

_SPACE = re.compile(r'[ \t\r\n]*')


class BadInput(Exception):
  """The user's mistake; the message is one line that names the file."""


def read(path, context):
  """Yields the rows of a file, and puts its context into the dict `context`.

  Strictly: what JSON does not allow is refused, and so is a value that is
  decoded well and not where Google Benchmark writes it.

  Raises:
    BadInput: the file is not there, too large or not as it should be.
  """
  try:
    # Line ends as they are, so that characters are counted as they are.
    with open(path, encoding='utf-8', newline='') as file:
      if os.fstat(file.fileno()).st_size > MAX_FILE_BYTES:
        raise _too_large()
      yield from _Reader(file).rows(context)
  except _Problem as problem:
    raise BadInput(f'{path}: {problem}') from problem
  except (OSError, ValueError, RecursionError) as error:
    reason = getattr(error, 'strerror', None) or error
    raise BadInput(f'{path}: {reason}') from error


class _Problem(Exception):
  """What is wrong with a file, without its name."""


def _too_large():
  return _Problem(f'larger than {MAX_FILE_BYTES // 2**20} MiB')


class _Reader:
  """Decodes one value after another out of a window on the file."""

  def __init__(self, file):
    self._file = file
    self._window = ''
    self._at = 0
    self._lines = 0  # before the window
    self._size = 0
    self._ended = False
    self._decode = json.JSONDecoder(parse_constant=_refuse).raw_decode

  def rows(self, context):
    if not self._next():
      raise _Problem('the file is empty')
    has_rows = False
    for _ in self._members('{}'):
      key = self._value()
      self._take(':')
      if key == 'benchmarks':
        has_rows = True
        for _ in self._members('[]'):
          yield self._value()
      elif key == 'context':
        if self._next() != '{':
          raise _Problem("'context' is not an object")
        context.update(self._value())
      else:
        self._value()
    if self._next():
      raise self._error('something follows the end')
    if not has_rows:
      raise _Problem("has no list 'benchmarks', so it was not written by "
                     '--benchmark_out')

  def _members(self, brackets):
    """Yields where each member of an object or a list begins."""
    self._take(brackets[0])
    if self._next() == brackets[1]:
      self._take(brackets[1])
      return
    yield
    while self._take(',' + brackets[1]) == ',':
      yield

  def _value(self):
    self._next()
    if len(self._window) - self._at < _LONGEST_VALUE and not self._ended:
      self._move()
    try:
      value, self._at = self._decode(self._window, self._at)
    except json.JSONDecodeError as error:
      self._at = error.pos
      raise self._error(error.msg) from error
    except (ValueError, RecursionError) as error:
      raise self._error(error) from error
    return value

  def _take(self, expected):
    """Passes over one of some characters, and returns it."""
    found = self._next()
    if not found or found not in expected:
      raise self._error(f"{' or '.join(expected)} expected")
    self._at += 1
    return found

  def _next(self):
    """The character after white space, or '' at the end of the file."""
    while True:
      self._at = _SPACE.match(self._window, self._at).end()
      if self._at < len(self._window):
        return self._window[self._at]
      if not self._move():
        return ''

  def _move(self):
    """Moves the window forward; returns whether there was more to read."""
    more = self._file.read(2 * _LONGEST_VALUE)
    self._ended = not more
    self._size += len(more)
    if self._size > MAX_FILE_BYTES:
      raise _too_large()
    self._lines += self._window.count('\n', 0, self._at)
    self._window = self._window[self._at:] + more
    self._at = 0
    return bool(more)

  def _error(self, reason):
    line = self._lines + self._window.count('\n', 0, self._at) + 1
    return _Problem('not JSON as --benchmark_out writes it, or cut off: '
                    f'line {line}: {reason}')


def _refuse(name):
  raise ValueError(f'{name} is not JSON')
