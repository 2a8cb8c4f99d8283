"""What //benchmarks:program does where the kernel does not let it do all."""

import ctypes
import errno
import os
import platform
import shutil
import stat
import sys
import tempfile
import unittest
from collections.abc import Callable

from benchmarks.testing.program import FORK_AND_WRITE, run


class SockFilter(ctypes.Structure):
  """struct sock_filter (linux/filter.h)."""
  _fields_ = [('code', ctypes.c_ushort), ('jt', ctypes.c_ubyte),
              ('jf', ctypes.c_ubyte), ('k', ctypes.c_uint)]


class SockProgram(ctypes.Structure):
  """struct sock_fprog."""
  _fields_ = [('length', ctypes.c_ushort),
              ('filter', ctypes.POINTER(SockFilter))]


SU = '/usr/bin/su'
NOBODY = 65534

# Numbers on x86-64 (asm/unistd_64.h).
PERF_EVENT_OPEN = 298
PTRACE = 101


def deny(number: int, why: int = errno.EPERM) -> Callable[[], None]:
  """Returns what forbids a system call to this process and its children, as
  a container's seccomp(2) does."""
  load, compare, give = 0x20, 0x15, 0x06
  allowed, error = 0x7fff0000, 0x00050000 | why
  code = (SockFilter * 4)(
      SockFilter(load, 0, 0, 0), SockFilter(compare, 0, 1, number),
      SockFilter(give, 0, 0, error), SockFilter(give, 0, 0, allowed))
  program = SockProgram(len(code), code)
  libc = ctypes.CDLL(None, use_errno=True)

  def apply() -> None:
    no_new_privileges, seccomp, filter_mode = 38, 22, 2
    if (libc.prctl(no_new_privileges, 1, 0, 0, 0) or
        libc.prctl(seccomp, filter_mode, ctypes.byref(program), 0, 0)):
      raise OSError(ctypes.get_errno(), 'prctl')

  return apply


@unittest.skipUnless(platform.machine() == 'x86_64',
                     'SKIPPED: system calls have other numbers here')
class DoesWithout(unittest.TestCase):
  """What a container forbids is said, and what is left still counts."""

  def test_page_faults(self) -> None:
    # As seccomp(2) of a container says it, and perf_event_paranoid=3.
    for why in (errno.EPERM, errno.EACCES):
      for flags in ((), ('--faults=sampled',), ('--call_graph=dwarf',)):
        with self.subTest(why=why, flags=flags):
          result = run(*flags, '--', sys.executable, '-c', FORK_AND_WRITE,
                       preexec_fn=deny(PERF_EVENT_OPEN, why))
          self.assertEqual(result.returncode, 0, result.stderr)
          self.assertIn('Note: page faults cannot be watched', result.stderr)
          self.assertRegex(result.stderr, r'(?m)^1 +(3\.9\d|4(\.\d+)?) MiB')
          self.assertIn('2 children copied', result.stderr)

  def test_ptrace(self) -> None:
    result = run('--', 'echo', 'ran', preexec_fn=deny(PTRACE))
    self.assertEqual(result.returncode, 2)
    self.assertEqual(result.stdout, '')
    self.assertRegex(result.stderr,
                     r'\Aprogram: cannot trace, so nothing was run: .*\n\Z')

  @unittest.skipIf(os.geteuid() == 0, 'root may look at any process')
  def test_page_tables(self) -> None:
    not_dumpable = 'import ctypes; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\n'
    result = run('--', sys.executable, '-c', not_dumpable + FORK_AND_WRITE)
    self.assertEqual(result.returncode, 0, result.stderr)
    self.assertIn('Note: 2 processes could not be looked at', result.stderr)
    self.assertNotIn('exact', result.stderr)


class SetUserId(unittest.TestCase):
  """The kernel ignores the bit for a program that a user traces."""

  def setUp(self) -> None:
    self.assertTrue(os.stat(SU).st_mode & stat.S_ISUID)

  @unittest.skipIf(os.geteuid() == 0, 'root may pass on any user')
  def test_a_user_is_refused(self) -> None:
    result = run(SU)
    self.assertEqual(result.returncode, 2)
    self.assertEqual(result.stdout, '')
    self.assertRegex(result.stderr, r'\A[^\n]*set-user-ID[^\n]*\n\Z')

  @unittest.skipIf(os.geteuid() == 0, 'root may pass on any user')
  def test_a_user_is_told_of_one_that_the_command_executes(self) -> None:
    result = run('--', 'sh', '-c', f'{SU} --version; {SU} --version; exit 0')
    self.assertEqual(result.returncode, 0)
    self.assertIn('Note: the kernel ignored a set-user-ID bit 2 times',
                  result.stderr.replace('\n', ' '))

  @unittest.skipUnless(os.geteuid() == 0, 'needs root')
  def test_root_passes_it_on(self) -> None:
    with tempfile.TemporaryDirectory() as folder:
      os.chmod(folder, 0o755)
      program = shutil.copy('/usr/bin/id', folder)
      os.chown(program, NOBODY, NOBODY)
      os.chmod(program, 0o4755)
      if os.statvfs(folder).f_flag & os.ST_NOSUID:
        self.skipTest('SKIPPED: the folder for temporary files is nosuid')
      result = run(program, '-u')
      self.assertEqual((result.returncode, result.stdout), (0, f'{NOBODY}\n'))
      self.assertNotIn('ignored', result.stderr)


if __name__ == '__main__':
  unittest.main()
