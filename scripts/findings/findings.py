"""What a run has found, in sentences, by rules that hold for any selection.

Loads nothing that takes time: this runs at the end of every run.
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
    kind: the rule that found it. 'axis': what an axis did along which the run
      varies; 'nothing', 'copied': what patterns copy of layouts; 'allocators':
      where they differ; 'alike': how often they do not; 'size': what the size
      did; 'fork_tax': what being forked costs alone; 'varies': counts that did
      not repeat.
    text: a sentence in plain text, with its full stop.
    case_ids: the cases that it rests on.
  """
  rank: int
  kind: str
  text: str
  case_ids: tuple[str, ...]


def findings(results: results_file.ResultsFile) -> list[Finding]:
  """The findings of a run, the most telling first."""
  run = cases.Cases(results)
  found = [*axes.of(run), *layouts.of(run), *allocators.of(run),
           *whole.of(run)]
  order = ['axis', 'nothing', 'copied', 'allocators', 'varies',
           'fork_tax', 'size', 'alike']
  if _asks_for_sizes(run):
    order.remove('size')
    order.insert(0, 'size')
  # Within a kind, a rule has put the most telling first.
  found.sort(key=lambda sentence: order.index(sentence.kind))
  return [Finding(rank, sentence.kind, sentence.text,
                  tuple(case.id for case in sentence.cases))
          for rank, sentence in enumerate(found, start=1)]


def _asks_for_sizes(run: cases.Cases) -> bool:
  """Whether the size is all that varies: presets have several, too."""
  return all(len(run.values_of(axis)) == 1
             for axis in run.description.all_axes
             if axis not in ('allocator', 'size'))
