"""What a run found, in sentences; the rules hold for any selection of cases.

This runs at the end of every run, so it imports nothing that loads slowly.
"""

import dataclasses

from scripts.findings import allocators
from scripts.findings import axes
from scripts.findings import cases
from scripts.findings import layouts
from scripts.findings import whole
from scripts.reading import results_file


@dataclasses.dataclass(frozen=True)
class Finding:
  """One sentence.

  Attributes:
    rank: 1 is the first to read.
    kind: the rule that found it. 'axis': what an axis does that varies;
      'variant': how an allocator variant differs from its base; 'nothing',
      'copied': what patterns copy of layouts; 'allocators': where allocators
      differ; 'similar': how often they do not; 'size': what the size does;
      'fork_tax': what fork() copies by itself; 'varies': counts that did not
      repeat.
    text: a sentence in plain text, with its full stop.
    case_ids: the cases that show it.
  """
  rank: int
  kind: str
  text: str
  case_ids: tuple[str, ...]


def findings(results: results_file.ResultsFile) -> list[Finding]:
  """The findings of a run, the most important first."""
  run = cases.Cases(results)
  found = [*axes.of(run), *layouts.of(run), *allocators.of(run),
           *whole.of(run)]
  order = ['variant', 'axis', 'nothing', 'copied', 'allocators', 'varies',
           'fork_tax', 'size', 'similar']
  if _asks_for_sizes(run):
    order.remove('size')
    order.insert(0, 'size')
  # The sort is stable: each rule has put its most important sentence first.
  found.sort(key=lambda sentence: order.index(sentence.kind))
  return [Finding(rank, sentence.kind, sentence.text,
                  tuple(case.id for case in sentence.cases))
          for rank, sentence in enumerate(found, start=1)]


def _asks_for_sizes(run: cases.Cases) -> bool:
  """Whether only the size varies; presets vary other axes as well."""
  return all(len(run.values_of(axis)) == 1
             for axis in run.description.all_axes
             if axis not in ('allocator', 'size'))
