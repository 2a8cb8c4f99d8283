"""The files that scripts write: never an input, and whole or not at all."""

import contextlib
import os
import sys
import tempfile
from typing import IO, Iterable

from scripts.base import cli


def path(flag: str, text: str, inputs: Iterable[str] = ()) -> str:
  """Where the user wants a file, checked before any work is done.

  Args:
    flag: what the user gave the name with.
    text: the name, relative to where the user is.
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
  """Writes a text in parts to a file; None is standard output.

  A file is replaced at once: somebody may be reading it. What is no regular
  file (a terminal, a pipe) is written to as it is. A lone surrogate, which JSON
  allows and UTF-8 does not, becomes a question mark.

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
  # In the same folder, as a rename does not cross file systems, and under a
  # name that no other file has.
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
  """The permissions that the file has, or that a new one gets."""
  if os.path.exists(target):
    return os.stat(target).st_mode & 0o7777
  mask = os.umask(0)
  os.umask(mask)
  return 0o666 & ~mask
