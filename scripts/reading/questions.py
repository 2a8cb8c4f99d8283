"""The few series of a run that answer the questions in README.md.

They are for dashboards that draw a chart for each series: a preset has
thousands of series. The names of the cases alone select them, never a measured
value. So each commit has the same series, and a failed case leaves a gap.
"""

import collections
import dataclasses
import re
from typing import Iterator

from scripts.reading import description as descriptions
from scripts.reading import results_file

# Nobody looks at more charts, and a page of more takes seconds to load.
MOST_SERIES = 50

# The counter to show where a run has too many.
_HEADLINE = 'copied_bytes'


@dataclasses.dataclass(frozen=True)
class Question:
  """One question, and the cases whose counter answers it.

  Attributes:
    title: of a chart that shows all of them.
    counter: the one that answers.
    axes: {axis: regular expression for its whole value}; all other axes are at
      their default.
    allocators: whether each allocator has its own answer; if not, the first one
      stands for all.
  """
  title: str
  counter: str
  axes: dict[str, str]
  allocators: bool = False


QUESTIONS = (
    Question('Array or list: what reading copies', _HEADLINE,
             {'layout': 'array|boxed|boxed_shared', 'pattern': 'read|refcount'}),
    Question('Prefork workers that free, replace or add objects', _HEADLINE,
             {'layout': 'boxed', 'pattern': 'free|churn|grow'},
             allocators=True),
    Question('Prefork workers that free strings or pairs of a map', _HEADLINE,
             {'layout': 'string|node_hash_map', 'pattern': 'free'},
             allocators=True),
    Question('Reference counts in their own array, or immortal objects',
             _HEADLINE,
             {'layout': 'boxed_side_refcount|boxed_immortal',
              'pattern': 'refcount'}),
    Question('A snapshot while the parent changes some keys', _HEADLINE,
             {'layout': 'string|node_hash_map', 'pattern': 'write',
              'writer': 'parent', 'touch': '1|10|50'}),
    Question('What fork() copies by itself', 'fork_tax_bytes',
             {'layout': 'array', 'pattern': 'idle'}, allocators=True),
    Question('Time of the fork, with and without huge pages', 'fork_time',
             {'layout': 'array', 'pattern': 'idle', 'thp': '.*'}),
    Question('What writing to an array copies', _HEADLINE,
             {'layout': 'array', 'pattern': 'write', 'thp': '.*'}),
    Question('CPython: objects that are only read', _HEADLINE,
             {'layout': 'list_range|list_str|list_same|dict_int|array_array',
              'pattern': 'for'}),
    Question('CPython: a numpy array', _HEADLINE,
             {'layout': 'numpy_ones', 'pattern': 'sum|write'}),
    Question('CPython: a collection in the child', _HEADLINE,
             {'layout': 'list_list|list_list_frozen', 'pattern': 'gc_collect'}),
)


@dataclasses.dataclass(frozen=True)
class Answer:
  """A question and the cases of a run that answer it, failed ones included."""
  question: Question
  cases: list[results_file.CaseResult]


def answers(results: results_file.ResultsFile) -> list[Answer]:
  """The answers of a run at their largest sizes, MOST_SERIES cases at most."""
  found = []
  room = MOST_SERIES
  for question in QUESTIONS:
    cases = list(_cases(results, question))[:room]
    if cases:
      found.append(Answer(question, cases))
      room -= len(cases)
  return found


def _cases(results: results_file.ResultsFile,
           question: Question) -> Iterator[results_file.CaseResult]:
  wanted = {axis: re.compile(pattern)
            for axis, pattern in question.axes.items()}
  wanted |= {axis: re.compile(re.escape(usual))
             for axis, usual in results.description.axes.items()
             if axis not in wanted}
  matching = [case for case in results.cases.values() if case.axes['size'] and
              all(pattern.fullmatch(case.axes.get(axis, ''))
                  for axis, pattern in wanted.items())]
  largest = max((_size(case) for case in matching), default=0)
  first = next((case.axes['allocator'] for case in matching), '')
  for case in matching:
    if _size(case) == largest and (question.allocators or
                                   case.axes['allocator'] == first):
      yield case


def _size(case: results_file.CaseResult) -> int:
  return descriptions.size_bytes(case.axes['size'])


def select(results: results_file.ResultsFile) -> results_file.ResultsFile:
  """At most MOST_SERIES series of a run.

  A small run keeps the main counter of each case. A large run keeps its answers
  or, if it has none, the main counter of its first cases.
  """
  chosen: dict[str, set[str]] = collections.defaultdict(set)
  if len(results.cases) > MOST_SERIES:
    for answer in answers(results):
      for case in answer.cases:
        chosen[case.id].add(answer.question.counter)
  if not chosen:
    # Other programs may not count copied bytes.
    headline = next((name for name in (_HEADLINE, *results.description.counters)
                     if any(name in case.samples
                            for case in results.cases.values())), '')
    chosen = {name: {headline} for name in list(results.cases)[:MOST_SERIES]}
  cases = {name: case.with_counters(chosen[name])
           for name, case in results.cases.items() if name in chosen}
  return dataclasses.replace(results, cases=cases)
