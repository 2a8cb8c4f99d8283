"""What every script's command line has in common."""

import argparse
import os
import sys
from typing import Any, Callable, NoReturn

EXIT_UNUSABLE = 2


class BadInput(Exception):
  """The user's mistake; the message is one line that names the file or flag."""


class Parser(argparse.ArgumentParser):
  """Reports a wrong command line like any other mistake of the user's."""

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
  """`text` as the user means it: `bazel run` starts scripts elsewhere."""
  return os.path.join(os.environ.get('BUILD_WORKING_DIRECTORY', ''), text)


def printable(text: str) -> str:
  """`text` in one line, whatever characters a user's value has."""
  return ''.join(
      each if each.isprintable() else
      each.encode('unicode_escape').decode('ascii')
      for each in ' '.join(text.splitlines()))


def _check_directory() -> None:
  directory = os.environ.get('BUILD_WORKING_DIRECTORY')
  if directory is not None and not os.path.isdir(directory):
    raise BadInput(f"BUILD_WORKING_DIRECTORY: '{directory}' is not a directory")


def run(script: str, main: Callable[[list[str]], int]) -> NoReturn:
  """Ends the process with main(arguments), or with one line and status 2."""
  # A name may hold characters that the terminal's encoding lacks.
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
    # A reader that closes the pipe, such as head, is no mistake.
    if not isinstance(error, BrokenPipeError):
      print(f'{script}: standard output: {error.strerror}', file=sys.stderr)
    # Python tries to write once more at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    status = EXIT_UNUSABLE
  except KeyboardInterrupt:
    status = 130
  sys.exit(status)
