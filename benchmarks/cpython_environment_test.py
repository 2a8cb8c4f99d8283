"""What the counts of //benchmarks:cpython do not depend on, and what is recorded.
"""

import os
import site
import subprocess
import tempfile
import unittest

from benchmarks.testing.cow import (Cow, counts, read_results,
                                    skip_without_own_mounts)

PROGRAM = 'benchmarks/cpython'
FLAGS = ('--layouts=list_list,numpy_ones', '--patterns=idle,gc_collect',
         '--sizes=64KiB', '--allocators=pymalloc,glibc', '--iterations=2')


class EnvironmentTest(unittest.TestCase):

  def test_other_packages_change_no_count(self) -> None:
    skip_without_own_mounts(self)
    packages = next(filter(os.path.isdir, site.getsitepackages()))
    _, rows, _ = Cow(PROGRAM).results(*FLAGS)
    with tempfile.TemporaryDirectory() as folder:
      for i in range(300):
        with open(os.path.join(folder, f'package{i}.py'), 'w',
                  encoding='ascii') as file:
          file.write('')
      with open(os.path.join(folder, 'package.pth'), 'w',
                encoding='ascii') as file:
        file.write('import argparse, decimal, package1\n')
      with tempfile.NamedTemporaryFile() as out:
        subprocess.run(
            ['unshare', '--mount', 'sh', '-euc',
             'mount --bind "$1" "$2"; shift 2; "$@"', 'sh', folder, packages,
             os.path.abspath(PROGRAM), *FLAGS, '--benchmark_out=' + out.name],
            check=True, capture_output=True)
        among_others, _ = read_results(out.name)
    self.assertEqual(counts(among_others), counts(rows))

  def test_records_the_packages_that_layouts_import(self) -> None:
    _, _, context = Cow(PROGRAM).results(*FLAGS)
    self.assertRegex(context['python_packages'],
                     r'^numpy [\d.]+, (pandas [\d.]+, )?library [0-9a-f]{8}$')
    self.assertIn('python_packages', Cow(PROGRAM).refused(
        *FLAGS, '--benchmark_context=python_packages=none'))


if __name__ == '__main__':
  unittest.main()
