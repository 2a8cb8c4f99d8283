"""What every script's command line has in common."""

import argparse
import os
import sys
from typing import Any, Callable, NoReturn

from scripts.base import human

EXIT_UNUSABLE = 2


class BadInput(Exception):
  """The user's mistake; the message is one line that names the file or flag."""


class Parser(argparse.ArgumentParser):
  """Raises BadInput for a wrong command line."""

  def __init__(self, script: str, package: str = '//scripts',
               **kwargs: Any) -> None:
    super().__init__(prog=f'bazel run {package}:{script} --',
                     formatter_class=argparse.RawDescriptionHelpFormatter,
                     allow_abbrev=False, **kwargs)

  def error(self, message: str) -> NoReturn:
    raise BadInput(f'{message}; --help lists all flags')


def file_name(text: str) -> str:
  """The type of an argument that names a file or a directory."""
  if not text:
    raise argparse.ArgumentTypeError("'' is not a name")
  return text


def user_path(text: str) -> str:
  """The path relative to the user's directory, which `bazel run` leaves."""
  return os.path.join(os.environ.get('BUILD_WORKING_DIRECTORY', ''), text)


def printable(text: str) -> str:
  """The text on one line, with control characters escaped."""
  return human.printable(' '.join(text.splitlines()))


def _check_directory() -> None:
  directory = os.environ.get('BUILD_WORKING_DIRECTORY')
  if directory is not None and not os.path.isdir(directory):
    raise BadInput(f"BUILD_WORKING_DIRECTORY: '{directory}' is not a directory")


def run(script: str, main: Callable[[list[str]], int]) -> NoReturn:
  """Exits with the status of main(), or with one line and status 2."""
  # The terminal's encoding may lack a character of a name.
  if hasattr(sys.stdout, 'reconfigure'):
    sys.stdout.reconfigure(errors='backslashreplace')
  try:
    _check_directory()
    status = main(sys.argv[1:])
    sys.stdout.flush()
  except BadInput as problem:
    print(f'{script}: {printable(str(problem))}', file=sys.stderr)
    status = EXIT_UNUSABLE
  except OSError as error:
    # A reader may close the pipe early, as head does: that is no error.
    if not isinstance(error, BrokenPipeError):
      print(f'{script}: standard output: {error.strerror}', file=sys.stderr)
    # Python flushes standard output again at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    status = EXIT_UNUSABLE
  except KeyboardInterrupt:
    status = 130
  sys.exit(status)
