"""No header of lib/ includes itself by a detour, and no folder either."""

import pathlib
import re
import tempfile
import unittest

# The source tree itself: a folder that is added tomorrow is checked, too.
SOURCES = pathlib.Path(__file__).resolve().parent.parent
Graph = dict[str, set[str]]
INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)


def includes(root: pathlib.Path, pattern: str) -> Graph:
  """Returns {file: files that it includes}, as paths from `root`."""
  return {
      str(path.relative_to(root)):
          set(INCLUDE.findall(path.read_text(encoding='utf-8')))
      for path in sorted((root / 'lib').rglob(pattern))}


def folders(graph: Graph) -> Graph:
  """The graph of the folders below lib/ that the files are in."""
  def folder(path: str) -> str:
    return '/'.join(path.split('/')[:2])

  result: Graph = {}
  for path, targets in graph.items():
    result.setdefault(folder(path), set()).update(
        folder(target) for target in targets
        if folder(target) != folder(path))
  return result


def find_cycle(graph: Graph) -> list[str]:
  """Returns the nodes of a cycle in their order; empty where there is none."""
  finished: set[str] = set()

  def visit(node: str, path: list[str]) -> list[str]:
    if node in path:
      return path[path.index(node):] + [node]
    if node not in finished:
      for target in sorted(graph.get(node, ())):
        cycle = visit(target, path + [node])
        if cycle:
          return cycle
      finished.add(node)
    return []

  for node in graph:
    cycle = visit(node, [])
    if cycle:
      return cycle
  return []


class LayeringTest(unittest.TestCase):

  def test_headers(self) -> None:
    graph = includes(SOURCES, '*.h')
    self.assertIn('lib/workload/touch.h', graph['lib/workload/workload.h'])
    self.assertEqual(find_cycle(graph), [])

  def test_folders(self) -> None:
    graph = folders(includes(SOURCES, '*.[hc]*'))
    self.assertIn('lib/workload', graph['lib/subject'])
    self.assertEqual(find_cycle(graph), [])
    for folder, targets in graph.items():
      self.assertEqual([target for target in targets
                        if target.startswith('benchmarks')], [], folder)

  def test_a_cycle_is_found(self) -> None:
    with tempfile.TemporaryDirectory() as name:
      root = pathlib.Path(name)
      for path, target in (('lib/a/x.h', 'lib/b/y.h'),
                           ('lib/b/y.h', 'lib/b/z.h'),
                           ('lib/b/z.h', 'lib/a/w.h'),
                           ('lib/a/w.h', 'lib/c/v.h')):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(f'#include "{target}"\n', encoding='utf-8')
      graph = includes(root, '*.h')
      self.assertEqual(find_cycle(graph), [])
      self.assertEqual(find_cycle(folders(graph)),
                       ['lib/a', 'lib/b', 'lib/a'])
      (root / 'lib/a/w.h').write_text('#include "lib/a/x.h"\n',
                                      encoding='utf-8')
      self.assertEqual(
          find_cycle(includes(root, '*.h')),
          ['lib/a/w.h', 'lib/a/x.h', 'lib/b/y.h', 'lib/b/z.h', 'lib/a/w.h'])


if __name__ == '__main__':
  unittest.main()
