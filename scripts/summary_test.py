"""Tests of //scripts:summary."""

import json
import unittest

from scripts.testing import program
from scripts.testing import synthetic

CASE = 'cow/boxed/free/glibc/size:64KiB'


class SummaryTest(program.TestCase):

  PROGRAM = 'scripts/summary'

  def lines(self, *arguments: str) -> list[str]:
    outcome = self.run_program(*arguments)
    self.assertEqual((outcome.status, outcome.err), (0, ''))
    return outcome.out.splitlines()

  def test_findings_and_path(self) -> None:
    self.file('cow.json', [synthetic.row(CASE, copied_bytes=65536)])
    *lines, command = self.lines('cow.json')
    self.assertEqual(lines, [
        '1 case measured, once each, Linux 6.18.0, Some CPU.',
        '- Pattern free copies all of boxed (100 %).',
        '',
        'Results: cow.json'])
    # The chart library may not be installed.
    self.assertRegex(command, 'Next:    (scripts/setup --report && )?'
                     'bazel run //scripts:report -- cow.json')

  def test_failures_come_first(self) -> None:
    rows = [synthetic.failed_row(f'cow/boxed/{pattern}/glibc/size:64KiB', why)
            for pattern, why in (('read', 'late'), ('free', 'late'),
                                 ('write', 'lost'), ('grow', 'killed'),
                                 ('churn', 'hung'))]
    self.file('cow.json', [*rows, synthetic.row(
        'cow/boxed/idle/glibc/size:64KiB', copied_bytes=0)])
    self.assertEqual(self.lines('cow.json')[:6], [
        '5 of 6 cases failed.',
        'cow/boxed/read/glibc/size:64KiB and 1 more: late',
        'cow/boxed/write/glibc/size:64KiB: lost',
        'cow/boxed/grow/glibc/size:64KiB: killed',
        '1 other reason.',
        '1 case measured, once each, Linux 6.18.0, Some CPU.'])

  def test_all_failed(self) -> None:
    self.file('cow.json', [synthetic.failed_row(CASE, 'late')])
    self.assertEqual(self.lines('cow.json')[:3],
                     ['The only case failed.', f'{CASE}: late', ''])

  def test_it_fits_a_screen_with_a_finding_of_each_kind(self) -> None:
    content = synthetic.full_preset(layouts=synthetic.LAYOUTS[:9])
    content['context'].update(load_avg=[9.0], num_cpus=2)
    content['benchmarks'] += [
        synthetic.failed_row(f'cow/graph/read/glibc/size:{n}KiB', reason)
        for n, reason in enumerate(('a' * 90, 'b' * 90, 'c' * 90, 'd'), 1)]
    self.write('cow.json', json.dumps(content))
    lines = self.lines('cow.json')
    self.assertLessEqual(len(lines), 20)
    # A long id or reason is not broken.
    self.assertEqual([line for line in lines if len(line) > 80], [
        line for line in lines if line.strip() in ('a' * 90, 'b' * 90,
                                                   'c' * 90)])
    text = '\n'.join(lines)
    for words in ('Busy machine (load average 9.0 on 2 CPUs)',
                  '\n- thp system, always: ', '\n- Pattern',
                  ' more findings: see the report'):
      self.assertIn(words, text)

  def test_markdown_has_all_findings(self) -> None:
    self.file('a.json', [synthetic.row(CASE, copied_bytes=65536)])
    self.file('b.json', [synthetic.failed_row('cow/<b>/c/d/size:1KiB', '|')])
    self.assertEqual(
        self.lines('a.json', 'b.json', '--format=markdown', '-o', 'out.md'), [])
    self.assertEqual(
        self.read('out.md'),
        '### cowbench: a.json\n\n'
        '1 case measured, once each, Linux 6.18.0, Some CPU.\n\n'
        '- Pattern free copies all of boxed (100 %).\n\n'
        '### cowbench: b.json\n\n'
        'The only case failed.\n\n'
        'cow/&lt;b&gt;/c/d/size:1KiB: &#124;\n\n')

  def test_mistakes(self) -> None:
    self.file('cow.json', [synthetic.row(CASE, copied_bytes=69632)])
    for name in self.bad_files('cow.json'):
      self.assertIn(name.split('\n', maxsplit=1)[0], self.refused(name))
    self.assertIn('FILE', self.refused())
    self.assertIn('the input', self.refused('cow.json', '--out=cow.json'))


if __name__ == '__main__':
  unittest.main()
