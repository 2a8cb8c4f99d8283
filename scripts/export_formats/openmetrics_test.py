"""Checks OpenMetrics text with the grammar of the specification."""

import re
import unittest

from scripts.export_formats import openmetrics
from scripts.testing import runs as fixtures
from scripts.testing import synthetic

_LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*"'
_SAMPLE = re.compile(rf'([a-z][a-z0-9_]*)\{{({_LABEL}(?:,{_LABEL})*)\}}'
                     r' (-?\d+(?:\.\d+)?(?:e-?\d+)?)(?: (\d+))?')
_UNESCAPED = {'\\\\': '\\', '\\"': '"', '\\n': '\n'}


Sample = tuple[str, dict[str, str], float, str | None]


def parse(text: str) -> tuple[dict[str, dict[str, str]], list[Sample]]:
  """Descriptors by family, and samples; raises if the grammar is violated."""
  lines = text.split('\n')
  if lines[-2:] != ['# EOF', '']:
    raise ValueError('does not end in # EOF')
  families: dict[str, dict[str, str]] = {}
  samples: list[Sample] = []
  current = ''
  for line in lines[:-2]:
    if line.startswith('# '):
      kind, name, value = line[2:].split(' ', 2)
      if kind == 'TYPE':
        if name in families:
          raise ValueError(f'{name} is interleaved')
        families[name], current = {}, name
      if name != current:
        raise ValueError(f'{name} within {current}')
      families[name][kind] = value
      continue
    match = _SAMPLE.fullmatch(line)
    if match is None:
      raise ValueError(f'no sample: {line}')
    suffix = '_info' if families[current]['TYPE'] == 'info' else ''
    if match[1] != current + suffix:
      raise ValueError(f'{match[1]} within {current}')
    samples.append((match[1], labels(match[2]), float(match[3]), match[4]))
  return families, samples


def _unescaped(match: re.Match[str]) -> str:
  return _UNESCAPED[match[0]]


def labels(text: str) -> dict[str, str]:
  found = {}
  for pair in re.findall(_LABEL, text):
    key, _, value = pair.partition('=')
    found[key] = re.sub(r'\\[\\"n]', _unescaped, value[1:-1])
  return found


class OpenMetricsTest(unittest.TestCase):

  def setUp(self) -> None:
    super().setUp()
    self.run_ = fixtures.load(fixtures.three_repetitions())
    text = ''.join(openmetrics.render(self.run_)[''])
    self.families, self.samples = parse(text)

  def find(self, name: str, case: str) -> list[tuple[dict[str, str], float]]:
    return [(found, value)
            for metric, found, value, _ in self.samples
            if metric == name and found.get('case') == case]

  def test_families_end_in_their_unit(self) -> None:
    self.assertEqual(self.families['cowbench_fork_time_seconds']['UNIT'],
                     'seconds')
    self.assertEqual(self.families['cowbench_copied_bytes']['UNIT'], 'bytes')
    for name, family in self.families.items():
      self.assertTrue(family['HELP'])
      self.assertIn(family['TYPE'], ('gauge', 'info'))
      if 'UNIT' in family:
        self.assertTrue(name.endswith('_' + family['UNIT']), name)

  def test_samples_are_unique_medians_in_base_units(self) -> None:
    keys = [(name, tuple(found.items())) for name, found, _, _ in self.samples]
    self.assertEqual(len(keys), len(set(keys)))
    (found, value), = self.find('cowbench_fork_time_seconds', fixtures.CASE)
    self.assertAlmostEqual(value, 110e-6)
    self.assertEqual(found, {
        'case': fixtures.CASE, 'layout': 'boxed', 'pattern': 'write',
        'allocator': 'glibc', 'size': '64KiB', 'size_bytes': '65536',
        'touch': '10', 'children': '1', 'writer': 'child',
        'order': 'sequential', 'thp': 'system'})

  def test_hostile_names_are_unchanged(self) -> None:
    (_, value), = self.find('cowbench_copied_bytes', fixtures.HOSTILE_NAME)
    self.assertEqual(value, 4096)

  def test_failures_have_a_metric(self) -> None:
    (_, value), = self.find('cowbench_failed_repetitions',
                            'cow/array/free/jemalloc/size:1GiB')
    self.assertEqual(value, 1)

  def test_commit_is_only_in_the_info_metric(self) -> None:
    commit = synthetic.CONTEXT['git_commit']
    carriers = [
        name for name, found, _, _ in self.samples if commit in found.values()
    ]
    self.assertEqual(carriers, ['cowbench_run_info'])

  def test_allocators_may_have_any_name(self) -> None:
    names = ('glibc', 'glibc.m1', 'glibc-m1', 'glibc_m1', 'my_settings')
    content = fixtures.three_repetitions()
    content['context'] |= {f'allocator_{name}': f'{i}'
                           for i, name in enumerate(names)}
    content['context']['allocator_glibc-m1_settings'] = 'LD_PRELOAD=/a A="b c"'
    text = ''.join(openmetrics.render(fixtures.load(content))[''])
    facts = {found['allocator']: (found['version'], found.get('settings'))
             for name, found, _, _ in parse(text)[1]
             if name == 'cowbench_allocator_info'}
    expected: dict[str, tuple[str, str | None]]
    expected = {name: (f'{i}', None) for i, name in enumerate(names)}
    expected['glibc-m1'] = ('2', 'LD_PRELOAD=/a A="b c"')
    expected['jemalloc'] = ('5.3.0', None)
    self.assertEqual(facts, expected)

  def test_timestamps_are_optional(self) -> None:
    self.assertEqual({stamp for *_, stamp in self.samples}, {None})
    text = ''.join(openmetrics.render(self.run_, timestamps=True)[''])
    self.assertEqual({stamp for *_, stamp in parse(text)[1]}, {'1773497366'})


if __name__ == '__main__':
  unittest.main()
