"""Compares the same cases on several hosts.

Counts must agree between hosts whose environments are the same for the case's
allocator. Times are shown, not judged: machines differ.
"""

import collections
import dataclasses
import re
import statistics
from typing import Container, Iterator, Sequence

from scripts.base import cli
from scripts.reading import description as descriptions
from scripts.reading import environment
from scripts.reading import load
from scripts.reading import results_file

VERDICTS = ('disagree', 'inconclusive', 'not comparable', 'agree')

_Cases = dict[str, results_file.CaseResult]


@dataclasses.dataclass
class Host:
  """What was measured on one host, in one file or in several shards."""
  name: str
  files: list[results_file.ResultsFile]
  context: environment.Context
  cases: _Cases

  @property
  def busy(self) -> str:
    """The other work on the host, or ''."""
    return '; '.join(dict.fromkeys(
        words for file in self.files if (words := load.words(file))))


@dataclasses.dataclass(slots=True)
class Row:
  """One counter of one case.

  Attributes:
    id: the case.
    metric: the counter's name.
    values: {host: median}.
    verdict: one of VERDICTS; '' for a time.
    reason: why it is inconclusive or not comparable.
  """
  id: str
  metric: str
  values: dict[str, float]
  verdict: str = ''
  reason: str = ''


@dataclasses.dataclass
class HostComparison:
  """All hosts compared.

  Attributes:
    hosts: in the files' order.
    rows: the counts and times of cases that at least two hosts have measured.
    missing: {case: hosts that lack it}.
    failures: {case: {host: error}}; some other host may have measured it.
    different_keys: {key: {host: value}} where the environments differ.
    across_keys: those for which counts are judged all the same.
    description: of all files.
  """
  hosts: list[Host]
  rows: list[Row]
  missing: dict[str, list[str]]
  failures: dict[str, dict[str, str]]
  different_keys: dict[str, dict[str, str]]
  across_keys: Container[str]
  description: descriptions.Description

  def verdict(self) -> str:
    """'disagree', 'inconclusive' or 'agree'."""
    found = {row.verdict for row in self.rows} - {''}
    fails_here_only = any(
        len(failed) + len(self.missing.get(case_id, ())) < len(self.hosts)
        for case_id, failed in self.failures.items())
    if 'disagree' in found or fails_here_only:
      return 'disagree'
    complete = not self.missing and not self.failures
    return 'agree' if complete and found == {'agree'} else 'inconclusive'


def compare(files: Sequence[results_file.ResultsFile],
            metrics: Container[str], across_keys: Container[str],
            wanted: re.Pattern[str] | None) -> HostComparison:
  """Compares the hosts of some files.

  Args:
    files: each of one host; several of a host have different cases.
    metrics: names of the counters to compare.
    across_keys: keys of the fingerprint that may differ all the same.
    wanted: what a case id must match; None for all.

  Raises:
    BadInput: two files of a host differ in their environment or have a case
      in common, or no case was measured on two hosts.
  """
  hosts = _hosts(files)
  description = files[0].description
  for file in files[1:]:
    description = description.joined(file.description, file.path)
  judge = _Judge(hosts, description, metrics, across_keys)
  case_ids = dict.fromkeys(case for host in hosts for case in host.cases)
  missing = {}
  failures = {}
  rows: list[Row] = []
  for case_id in case_ids:
    if wanted is not None and not wanted.search(case_id):
      continue
    cases = {host.name: host.cases[case_id] for host in hosts
             if case_id in host.cases}
    lacking = [host.name for host in hosts if host.name not in cases]
    if lacking:
      missing[case_id] = lacking
    failed = {name: case.errors[0] for name, case in cases.items()
              if case.errors}
    if failed:
      failures[case_id] = failed
    rows += judge.rows(cases)
  if not rows:
    which = f' that matches {wanted.pattern!r}' if wanted is not None else ''
    raise cli.BadInput(f'--by=host: no case{which} was measured on two hosts; '
                       f"the files are of {', '.join(h.name for h in hosts)}")
  return HostComparison(hosts, rows, missing, failures, judge.different_keys,
                        across_keys, description)


def _hosts(files: Sequence[results_file.ResultsFile]) -> list[Host]:
  hosts: dict[str, Host] = {}
  for file in files:
    name = str(file.context.get('host_name', 'not recorded'))
    host = hosts.setdefault(name, Host(name, [], {}, {}))
    key = environment.conflict(host.context, file.context)
    if key:
      raise cli.BadInput(
          f'{file.path}: its {key} is {file.context[key]!r}, but that of '
          f'{host.files[0].path}, of the same host {name!r}, is '
          f'{host.context[key]!r}')
    twice = next((case for case in file.cases if case in host.cases), None)
    if twice is not None:
      raise cli.BadInput(f'{file.path}: {twice!r} also appears in another file '
                         f'of the host {name!r}')
    host.files.append(file)
    host.context = file.context | host.context
    host.cases |= file.cases
  return list(hosts.values())


class _Judge:
  """Compares one case at a time."""

  def __init__(self, hosts: list[Host], description: descriptions.Description,
               metrics: Container[str], across_keys: Container[str]) -> None:
    self._contexts = {host.name: host.context for host in hosts}
    self._description = description
    self._metrics = metrics
    self._across_keys = across_keys
    # {allocator: {host: number of the environment that it shares}}.
    self._classes: dict[str, dict[str, int]] = {}
    self._obstacles: dict[str, str] = {}
    self.different_keys: dict[str, dict[str, str]] = {}
    self._note(environment.MACHINE_KEYS)
    self._note(('cpu_model',))

  def rows(self, cases: _Cases) -> Iterator[Row]:
    """The rows of {host: case}."""
    allocator = next(iter(cases.values())).axes['allocator']
    if allocator not in self._classes:
      self._classify(allocator)
    varies = any(any(values) for case in cases.values()
                 for name, values in case.samples.items()
                 if descriptions.is_spread(name))
    for metric, counter in self._description.counters.items():
      samples = {name: case.samples[metric] for name, case in cases.items()
                 if case.samples.get(metric)}
      lacking = [name for name, case in cases.items()
                 if name not in samples and not case.errors]
      if (metric not in self._metrics or not samples or
          len(samples) + len(lacking) < 2):
        continue
      row = Row(next(iter(cases.values())).id, metric,
                {name: statistics.median(values)
                 for name, values in samples.items()})
      if counter.kind == 'count':
        row.verdict, row.reason = self._judge(samples, allocator, varies)
        if lacking and row.verdict != 'disagree':
          row.verdict = 'inconclusive'
          row.reason = f"not measured by {', '.join(lacking)}"
        yield row
      elif counter.is_time and not lacking:
        yield row

  def _judge(self, samples: dict[str, list[float]], allocator: str,
             varies: bool) -> tuple[str, str]:
    """The verdict on {host: values of a count}, and its reason."""
    groups: dict[int, list[list[float]]] = collections.defaultdict(list)
    for name, values in samples.items():
      groups[self._classes[allocator][name]].append(values)
    different = [group for group in groups.values()
                 if any(set(values) != set(group[0]) for values in group)]
    if different and varies:
      return 'inconclusive', 'the counts of this case vary from run to run'
    if any(max(min(values) for values in group) >
           min(max(values) for values in group) for group in different):
      return 'disagree', ''
    if different:
      return 'inconclusive', 'differs between repetitions'
    if len(groups) > 1:
      return 'not comparable', self._obstacles[allocator]
    return 'agree', ''

  def _classify(self, allocator: str) -> None:
    """Finds the hosts whose environments are the same for an allocator."""
    keys = (*environment.MACHINE_KEYS, *environment.allocator_keys(allocator))
    self._note(environment.allocator_keys(allocator))
    first: list[str] = []
    found = {}
    obstacles: set[str] = set()
    for name, context in self._contexts.items():
      for number, other in enumerate(first):
        apart = [key for key in environment.differences(
            self._contexts[other], context, keys)
                 if key not in self._across_keys]
        if not apart:
          found[name] = number
          break
        obstacles.update(apart)
      else:
        found[name] = len(first)
        first.append(name)
    self._classes[allocator] = found
    self._obstacles[allocator] = ', '.join(
        key for key in keys if key in obstacles)

  def _note(self, keys: Sequence[str]) -> None:
    """Adds the keys in which any two environments differ."""
    first = next(iter(self._contexts.values()))
    for key in keys:
      if any(environment.differences(first, context, (key,))
             for context in self._contexts.values()):
        self.different_keys[key] = {
            name: str(context.get(key, 'not recorded'))
            for name, context in self._contexts.items()}
