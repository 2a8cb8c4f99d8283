"""Rows of the suite, and the sentences about them, for tests."""

from scripts.findings import findings
from scripts.testing import runs
from scripts.testing import synthetic

KIB, MIB = 2**10, 2**20


def copied(case_id: str, value: float, **counters: float) -> synthetic.Row:
  return synthetic.row(f'cow/{case_id}', copied_bytes=value, **counters)


def failed(case_id: str) -> synthetic.Row:
  return synthetic.failed_row(f'cow/{case_id}', 'killed by signal 9')


def texts(rows: list[synthetic.Row], kind: str = '') -> list[str]:
  """The sentences of a kind, or all sentences, in order."""
  return [found.text for found in findings.findings(runs.results(rows))
          if kind in ('', found.kind)]
