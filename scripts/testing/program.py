"""Runs a script as a user does, and says what it took."""

import dataclasses
import os
import subprocess
import tempfile


@dataclasses.dataclass(frozen=True)
class Outcome:
  status: int
  out: str
  err: str
  seconds: float  # Of processor time: others may be using the machine.
  megabytes: float


def run(program: str, *arguments: str, directory: str | None = None) -> Outcome:
  """Runs `program`, a path in the runfiles; `directory` is the user's own."""
  environment = dict(os.environ)
  if directory is not None:
    environment['BUILD_WORKING_DIRECTORY'] = directory
  with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
    process = subprocess.Popen([program, *arguments],
                               stdout=out,
                               stderr=err,
                               env=environment)
    _, wait_status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(wait_status)
    out.seek(0)
    err.seek(0)
    return Outcome(process.returncode,
                   out.read().decode(),
                   err.read().decode(), usage.ru_utime + usage.ru_stime,
                   usage.ru_maxrss / 1024)
