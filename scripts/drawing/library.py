"""The chart library, which scripts/setup --report installs with npm."""

import os

from scripts.base import cli

# Seen from the root of the source tree and of the runfiles alike.
PATH = 'node_modules/echarts/dist/echarts.min.js'


def path() -> str:
  """Where the library is; raises BadInput if it is not installed."""
  found = _find()
  if found is None:
    raise cli.BadInput('the chart library is not installed; run scripts/setup '
                       '--report, which installs nothing else')
  return found


def is_installed() -> bool:
  return _find() is not None


def _find() -> str | None:
  # The runfiles lack a library that was installed after the last build. They
  # are links to the source tree, which has it.
  for here in (os.path.abspath(__file__), os.path.realpath(__file__)):
    root = here
    for _ in range(3):
      root = os.path.dirname(root)
    found = os.path.join(root, PATH)
    if os.path.exists(found):
      return found
  return None
