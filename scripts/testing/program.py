"""Runs a script as a user does, and measures its memory."""

import dataclasses
import os
import subprocess
import tempfile
import unittest
from typing import Any

from scripts.testing import synthetic


@dataclasses.dataclass(frozen=True)
class Outcome:
  status: int
  out: str
  err: str
  megabytes: float


def run(program: str, *arguments: str, directory: str,
        stdin: str = os.devnull) -> Outcome:
  """Runs `program`, a path in the runfiles, in the user's `directory`."""
  environment = dict(os.environ, BUILD_WORKING_DIRECTORY=directory,
                     PYTHONIOENCODING='utf-8')
  with (tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err,
        open(stdin, 'rb') as source):
    process = subprocess.Popen([os.path.abspath(program), *arguments],
                               stdin=source, stdout=out, stderr=err,
                               env=environment)
    _, wait_status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(wait_status)
    out.seek(0)
    err.seek(0)
    return Outcome(process.returncode, out.read().decode(),
                   err.read().decode(), usage.ru_maxrss / 1024)


class TestCase(unittest.TestCase):
  """Runs one program on files in a temporary folder."""

  PROGRAM = ''  # For instance 'scripts/compare'.

  def setUp(self) -> None:
    super().setUp()
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.folder = folder.name

  def path(self, name: str) -> str:
    return os.path.join(self.folder, name)

  def read(self, name: str) -> str:
    with open(self.path(name), encoding='utf-8') as file:
      return file.read()

  def write(self, name: str, text: str) -> str:
    with open(self.path(name), 'w', encoding='utf-8') as file:
      file.write(text)
    return self.path(name)

  def file(self, name: str, rows: list[synthetic.Row], **context: Any) -> str:
    """Writes a results file."""
    return synthetic.write(self.path(name), synthetic.results(rows, **context))

  def bad_files(self, name: str) -> list[str]:
    """Makes damaged copies of `name`, in which a counter is 69632."""
    whole = self.read(name)
    bad = {
        'empty.json': '',
        'truncated.json': whole[:-9],
        'nan.json': whole.replace('69632', 'NaN'),
        'type.json': whole.replace('69632', '"many"'),
        'list.json': '[]',
        'twice.json': whole.replace('"benchmarks": [',
                                    '"benchmarks": [{"name": "x", "run_type": '
                                    '"iteration"},' * 2)}
    for bad_name, text in bad.items():
      self.write(bad_name, text)
    os.mkdir(self.path('directory.json'))
    return [*bad, 'directory.json', 'missing.json', 'new\nline.json']

  def run_program(self, *arguments: str, stdin: str = os.devnull) -> Outcome:
    return run(self.PROGRAM, *arguments, directory=self.folder, stdin=stdin)

  def refused(self, *arguments: str) -> str:
    """The one line with which the script refuses these arguments."""
    outcome = self.run_program(*arguments)
    self.assertEqual((outcome.status, outcome.out), (2, ''), outcome.err)
    script = os.path.basename(self.PROGRAM)
    self.assertRegex(outcome.err, rf'\A{script}: [^\n]+\n\Z')
    return outcome.err
