"""What every script's command line has in common."""

import argparse
import os
import sys

from scripts import results_file
from scripts import whole_file

EXIT_UNUSABLE = 2


class Parser(argparse.ArgumentParser):
  """Reports a wrong command line like any other mistake of the user's."""

  def __init__(self, script, **kwargs):
    super().__init__(prog=f'bazel run //scripts:{script} --',
                     allow_abbrev=False, **kwargs)

  def error(self, message):
    raise results_file.BadInput(f'{message}; --help shows what there is')


def user_path(text):
  """`text` as the user means it: `bazel run` starts scripts elsewhere."""
  return os.path.join(os.environ.get('BUILD_WORKING_DIRECTORY', ''), text)


def write_output(text, path):
  """Writes parts of a text to the file `path`; None is standard output."""
  if path is None:
    sys.stdout.writelines(text)
  else:
    whole_file.write(path, text)


def run(script, main):
  """Ends the process with main(arguments), or with one line and status 2."""
  # A name may hold characters that the terminal's encoding lacks.
  sys.stdout.reconfigure(errors='backslashreplace')
  try:
    status = main(sys.argv[1:])
    sys.stdout.flush()
  except results_file.BadInput as problem:
    print(f'{script}: {" ".join(str(problem).splitlines())}', file=sys.stderr)
    status = EXIT_UNUSABLE
  except OSError as error:
    # A reader that had enough needs no explanation.
    if not isinstance(error, BrokenPipeError):
      print(f'{script}: standard output: {error.strerror}', file=sys.stderr)
    # Python tries to write once more at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    status = EXIT_UNUSABLE
  except KeyboardInterrupt:
    status = 130
  sys.exit(status)
