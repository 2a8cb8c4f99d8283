"""Output files: never an input, and written completely or not at all."""

import contextlib
import os
import sys
import tempfile
from typing import IO, Iterable

from scripts.base import cli


def path(flag: str, text: str, inputs: Iterable[str] = ()) -> str:
  """The path of an output file, checked before any work is done.

  Args:
    flag: the flag that names the file.
    text: the name, relative to the user's directory.
    inputs: paths of the files that the script reads.

  Raises:
    BadInput: no file can be written there, or it is one of the inputs.
  """
  out = cli.user_path(text)
  try:
    if os.path.isdir(out):
      raise cli.BadInput(f'{flag}: {out} is a directory; a file is expected')
    if not os.path.isdir(os.path.dirname(os.path.abspath(out))):
      raise cli.BadInput(f'{flag}: {out}: the directory does not exist')
    for each in inputs:
      if (os.path.exists(out) and os.path.exists(each) and
          os.path.samefile(out, each)):
        raise cli.BadInput(f'{flag}: {out} is the input {each} itself')
  except ValueError as error:  # a null character
    raise cli.BadInput(f'{flag}: {out!r}: {error}') from error
  return out


def write(out: str | None, text: Iterable[str]) -> None:
  """Writes the parts of a text to a file, or to standard output for None.

  A regular file is replaced atomically: somebody may be reading it. A terminal
  or a pipe is written to directly. A lone surrogate, which JSON allows and
  UTF-8 does not, becomes a question mark.

  Raises:
    BadInput: the file cannot be written.
  """
  if out is None:
    sys.stdout.writelines(text)
    return
  target = os.path.realpath(out)
  try:
    if os.path.exists(target) and not os.path.isfile(target):
      with _open(target) as file:
        file.writelines(text)
    else:
      _replace(target, text)
  except (OSError, ValueError) as error:
    reason = getattr(error, 'strerror', None) or error
    raise cli.BadInput(f'{out}: {reason}') from error


def _open(file: str | int) -> IO[str]:
  return open(file, 'w', encoding='utf-8', errors='replace', newline='')


def _replace(target: str, text: Iterable[str]) -> None:
  # In the same folder, because a rename cannot cross file systems.
  descriptor, unfinished = tempfile.mkstemp(dir=os.path.dirname(target),
                                            prefix='.cowbench-')
  try:
    with _open(descriptor) as file:
      file.writelines(text)
    os.chmod(unfinished, _mode(target))
    os.replace(unfinished, target)
  except BaseException:
    with contextlib.suppress(OSError):
      os.remove(unfinished)
    raise


def _mode(target: str) -> int:
  """The permissions of the file, or those of a new file."""
  if os.path.exists(target):
    return os.stat(target).st_mode & 0o7777
  mask = os.umask(0)
  os.umask(mask)
  return 0o666 & ~mask
