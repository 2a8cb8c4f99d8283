"""Tests of the first experiment and of the page about it."""

import json
import os
import tempfile
import unittest
from typing import Any

from scripts.testing import program
from scripts.testing import synthetic

_CPYTHON = {
    'numpy_ones/sum/pymalloc/size:175751KiB': (163840, 163840),
    'list_range/sum/pymalloc/size:351563KiB': (320000000, 36864),
    'list_range/for/pymalloc/size:351563KiB': (320000000, 28672),
    'list_same/sum/pymalloc/size:78125KiB': (40960, 40960),
    'list_same/for/pymalloc/size:78125KiB': (28672, 28672)}
_MODEL = {
    'array/read/glibc/size:175751KiB': (0, 0),
    'boxed/refcount/glibc/size:312500KiB': (304000000, 0),
    'boxed_shared/refcount/glibc/size:78126KiB': (4096, 0)}


def _results(cases: dict[str, tuple[int, int]],
             repetitions: int = 1) -> dict[str, Any]:
  return synthetic.results([
      synthetic.row(f'cow/{case}/children:4', i, repetitions,
                    copied_bytes=copied, copied_metadata_bytes=own)
      for case, (copied, own) in cases.items() for i in range(repetitions)],
                           allocator_pymalloc='CPython 3.11.2, 2.36')


class SeedPageTest(unittest.TestCase):

  def setUp(self) -> None:
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.folder = folder.name

  def write(self, name: str, content: dict[str, Any]) -> str:
    return synthetic.write(os.path.join(self.folder, name), content)

  def naive(self, workers: int = 4) -> str:
    return self.write(f'naive{workers}.json', {
        'elements': 10**7, 'workers': workers,
        'experiments': [
            {'layout': 'list_range', 'pattern': 'for',
             'used_bytes': workers * 330 * 2**20},
            {'layout': 'numpy_ones', 'pattern': 'sum', 'used_bytes': -4096}]})

  def page(self, cpython: dict[str, Any] | None = None,
           model: dict[str, Any] | None = None,
           naive: str | None = None) -> str:
    outcome = program.run(
        'scripts/seed_page', '--out=page.md',
        self.write('cpython.json', cpython or _results(_CPYTHON, 2)),
        self.write('model.json', model or _results(_MODEL)),
        naive or self.naive(), directory=self.folder)
    if outcome.status != 0:
      self.assertEqual(outcome.err.count('\n'), 1, outcome.err)
      return outcome.err
    with open(os.path.join(self.folder, 'page.md'), encoding='utf-8') as file:
      return file.read()

  def test_every_figure_has_its_place(self) -> None:
    page = self.page()
    self.assertIn('n = 10,000,000, N = 4,743, **scaled down from '
                  '100,000,000**; 4 workers', page)
    self.assertIn('| `data = list(range(n)); for x in data: pass` | copied | '
                  '330 MiB | 305 MiB | 28 KiB | 290 MiB | 0.950 |', page)
    self.assertIn('| `data = np.ones((N, N)); data.sum()` | shared | -1 KiB | '
                  '160 KiB | 160 KiB | 0 B | - |', page)
    self.assertIn('2 repetitions differ by 0.000 %', page)
    self.assertIn('CPython 3.11.2', page)
    self.assertIn('bazel run //scripts:seed_page', page)

  def test_refuses_files_of_different_experiments(self) -> None:
    smaller = {case.replace('312500KiB', '31250KiB'): counts
               for case, counts in _MODEL.items()}
    failed = _results(_CPYTHON)
    failed['benchmarks'][1] = synthetic.failed_row(
        'cow/list_range/sum/pymalloc/size:351563KiB/children:4', 'no memory')
    mistakes: tuple[tuple[dict[str, Any], str], ...] = (
        ({'model': _results(smaller)}, 'boxed/refcount has 1000000 elements'),
        ({'model': _results({})}, '0 cases of array/read'),
        ({'cpython': failed}, 'no memory'),
        ({'naive': self.write('empty.json', {})}, 'seed_experiment'),
        ({'naive': self.naive(workers=2)}, ': 2 workers'))
    for arguments, message in mistakes:
      with self.subTest(message):
        self.assertIn(message, self.page(**arguments))


class SeedExperimentTest(unittest.TestCase):

  def test_measures_what_the_page_reads(self) -> None:
    with tempfile.TemporaryDirectory() as folder:
      outcome = program.run('scripts/seed_experiment', '--elements=1000',
                            '--workers=2', '--out=naive.json',
                            directory=folder)
      self.assertEqual(outcome.status, 0, outcome.err)
      with open(os.path.join(folder, 'naive.json'), encoding='utf-8') as file:
        root = json.load(file)
    self.assertEqual((root['elements'], root['workers']), (1000, 2))
    self.assertEqual(
        [(row['layout'], row['pattern']) for row in root['experiments']],
        [('numpy_ones', 'sum'), ('list_range', 'sum'), ('list_range', 'for'),
         ('list_same', 'sum'), ('list_same', 'for')])

  def test_refuses_mistakes(self) -> None:
    for flag, message in (('--elements=0', 'from 1 to'),
                          ('--elements=1000000000', 'may need'),
                          ('--workers=0', 'from 1 to 64')):
      with self.subTest(flag):
        outcome = program.run('scripts/seed_experiment', flag, directory='.')
        self.assertEqual(outcome.status, 2)
        self.assertIn(message, outcome.err)


if __name__ == '__main__':
  unittest.main()
