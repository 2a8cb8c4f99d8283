"""No script that writes a file loses another one."""

import os
from unittest import main

from scripts.testing import program
from scripts.testing import synthetic

CASE = 'cow/boxed/write/glibc/size:64KiB'

# Each script with its flags; OUT stands for the output file.
SCRIPTS = (
    ('compare', 'results.json results.json --out=OUT'),
    ('compare', '--by=allocator results.json --out=OUT'),
    ('compare', '--by=host results.json other.json --out=OUT'),
    ('merge', 'results.json --out=OUT'),
    ('export', '--format=bencher results.json --out=OUT'),
    ('export', '--format=csv results.json --out=OUT'),
    ('report', 'results.json --out=OUT'),
    ('summary', 'results.json --out=OUT'),
    ('seed_page', 'results.json results.json results.json --out=OUT'),
    ('seed_experiment', '--elements=1000 --workers=1 --out=OUT'),
)


def arguments(flags: str, out: str) -> list[str]:
  return [flag.replace('OUT', out) for flag in flags.split()]


class WritingTest(program.TestCase):

  def setUp(self) -> None:
    super().setUp()
    self.file('results.json', [synthetic.row(CASE, copied_bytes=1),
                               synthetic.row(CASE.replace('glibc', 'x'),
                                             copied_bytes=2)])
    self.file('other.json', [synthetic.row(CASE, copied_bytes=1)],
              host_name='other')
    os.symlink('results.json', self.path('link.html'))
    os.mkdir(self.path('folder.html'))

  def test_refuses_an_input_a_directory_or_nothing_as_output(self) -> None:
    before = self.read('results.json')
    for script, flags in SCRIPTS:
      outs = {'link.html': 'itself|not overwritten',
              'folder.html': 'directory', '': "out.*: '' is not a name",
              'none/x.html': 'directory does not exist'}
      if script == 'seed_experiment':  # It has no input.
        del outs['link.html']
      for out, message in outs.items():
        with self.subTest(script, out=out):
          self.PROGRAM = f'scripts/{script}'
          self.assertRegex(self.refused(*arguments(flags, out)), message)
          self.assertEqual(self.read('results.json'), before)
    self.PROGRAM = 'scripts/ab'
    self.assertIn('not a name', self.refused('--a=/bin/true', '--b=/bin/echo',
                                             '--out='))

  def test_other_files_of_the_user_stay(self) -> None:
    mine = [self.write(f'out.html{ending}', 'mine')
            for ending in ('.unfinished', '.tmp', '~')]
    for script, flags in SCRIPTS:
      if script in ('seed_page', 'report'):
        continue  # They need more than a file of results.
      with self.subTest(script):
        self.PROGRAM = f'scripts/{script}'
        outcome = self.run_program(*arguments(flags, 'out.html'))
        self.assertEqual(outcome.err, '')
        self.assertTrue(self.read('out.html'))
        os.remove(self.path('out.html'))
        for path in mine:
          self.assertEqual(self.read(path), 'mine')
        self.assertEqual(len(os.listdir(self.folder)), 4 + len(mine))


if __name__ == '__main__':
  main()
