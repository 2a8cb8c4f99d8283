"""All scripts follow one convention: equal flags have equal names."""

import glob
import os
import re
import unittest

from scripts.testing import program


class ConventionTest(program.TestCase):

  def test_every_script(self) -> None:
    # The test has the sources of all scripts, so it misses none.
    names = [os.path.basename(path).removesuffix('.py')
             for path in glob.glob('scripts/*.py')]
    scripts = [name for name in names
               if name != '__init__' and
               not name.endswith(('_test', '_fuzzer'))]
    self.assertGreater(len(scripts), 8)
    for script in scripts:
      with self.subTest(script):
        self.PROGRAM = f'scripts/{script}'
        outcome = self.run_program('--help')
        self.assertEqual((outcome.status, outcome.err), (0, ''))
        self.check(script, outcome.out)

  def check(self, script: str, help_: str) -> None:
    command = f'bazel run //scripts:{script} -- '
    self.assertTrue(help_.startswith(f'usage: {command}'), help_)
    self.assertIn(f'\n  {command}', help_.partition('options:')[0],
                  'an example')
    # No script uses another name for -o, --out.
    self.assertIn('-o ', help_)
    self.assertIsNone(re.search(r'--(output|input|file|to)\b', help_))
    options = re.findall(r'^  (-[^\n]*?)(?:  |$)', help_, re.MULTILINE)
    for option in options:
      if '--out' in option:
        self.assertRegex(option, r'^-o( \S+)?, --out \S+$')
    # Each flag has an explanation.
    entries = re.split(r'^  (?=-)', help_.partition('options:')[2],
                       flags=re.MULTILINE)[1:]
    for entry in entries:
      self.assertRegex(entry, r'(?s)^\S.*?(  |\n)\s*\S', entry)
    if script in ('compare', 'export', 'summary'):
      for flag in ('--filter', '--metrics', '--format'):
        self.assertIn(f'\n  {flag} ', help_)


if __name__ == '__main__':
  unittest.main()
