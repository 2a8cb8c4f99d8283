"""Files that are written whole or not at all."""

import contextlib
import os
from typing import Iterable

from scripts import results_file


def same(path: str, other: str) -> bool:
  """Whether both names lead to one file that is there."""
  return (os.path.exists(path) and os.path.exists(other) and
          os.path.samefile(path, other))


def write(path: str, text: Iterable[str]) -> None:
  """Replaces the file at once by a text in parts: somebody may be reading it.

  What is no regular file (a terminal, a pipe) is written to as it is. A lone
  surrogate, which JSON allows and UTF-8 does not, becomes a question mark.

  Raises:
    BadInput: the file cannot be written.
  """
  target = os.path.realpath(path)
  regular = os.path.isfile(target) or not os.path.exists(target)
  unfinished = f'{target}.unfinished' if regular else target
  try:
    with open(unfinished, 'w', encoding='utf-8', errors='replace',
              newline='') as file:
      file.writelines(text)
    if regular:
      os.replace(unfinished, target)
  except (OSError, ValueError) as error:
    reason = getattr(error, 'strerror', None) or error
    raise results_file.BadInput(f'{path}: {reason}') from error
  finally:
    if regular:  # and not whole
      with contextlib.suppress(OSError, ValueError):
        os.remove(unfinished)
