"""The test suite of the format lnt, as YAML for an LNT server.

Copy the file into the directory schemas/ of an LNT instance, and submit reports
to .../db_default/v4/cowbench. The text is JSON, which is valid YAML.
"""

import json
from typing import Iterable

from scripts.export_formats import lnt
from scripts.reading import run as runs

NAME = 'lnt-suite'


def render(run: runs.Run) -> dict[str, Iterable[str]]:
  suite = {
      'format_version': '2',
      'name': 'cowbench',
      'metrics': [{
          'name': counter.name,
          'type': 'Real',
          'bigger_is_better': counter.better == 'more',
          'display_name': counter.name.replace('_', ' ').capitalize(),
          'unit': counter.unit,
      } for counter in run.results.description.counters.values()],
      # LNT orders the runs of every suite by this field.
      'run_fields': [{'name': 'llvm_project_revision', 'order': True},
                     *({'name': name} for name in lnt.RUN_FIELDS)],
      'machine_fields': [{'name': name} for name in lnt.MACHINE_FIELDS]}
  return {'': [json.dumps(suite, indent=1), '\n']}
