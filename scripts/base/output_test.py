"""Tests of writing files completely or not at all."""

import os
import tempfile
import unittest
from typing import Iterator

from scripts.base import cli
from scripts.base import output


class WholeFileTest(unittest.TestCase):

  def setUp(self) -> None:
    super().setUp()
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.folder = folder.name
    self.path = os.path.join(folder.name, 'file')
    output.write(self.path, ['old', ' text'])

  def read(self) -> str:
    with open(self.path, encoding='utf-8') as file:
      return file.read()

  def test_replaces_an_old_file(self) -> None:
    output.write(self.path, ['new \ud800', '\r\n'])
    with open(self.path, 'rb') as file:
      self.assertEqual(file.read(), b'new ?\r\n')
    self.assertEqual(os.listdir(self.folder), ['file'])

  def test_a_failed_write_leaves_the_old_file(self) -> None:
    def parts(error: BaseException) -> Iterator[str]:
      yield 'new'
      raise error

    for error in (OSError(28, 'full'), cli.BadInput('bad'),
                  KeyboardInterrupt()):
      with self.assertRaises((cli.BadInput, KeyboardInterrupt)):
        output.write(self.path, parts(error))
      self.assertEqual(self.read(), 'old text')
      self.assertEqual(os.listdir(self.folder), ['file'])

  def test_permissions_are_kept_or_the_default(self) -> None:
    os.chmod(self.path, 0o604)
    output.write(self.path, ['new'])
    self.assertEqual(os.stat(self.path).st_mode & 0o777, 0o604)
    new = os.path.join(self.folder, 'new')
    mask = os.umask(0o027)
    self.addCleanup(os.umask, mask)
    output.write(new, ['new'])
    self.assertEqual(os.stat(new).st_mode & 0o777, 0o640)

  def test_links_are_followed(self) -> None:
    link = os.path.join(self.folder, 'link')
    os.symlink('file', link)
    output.write(link, ['new'])
    self.assertTrue(os.path.islink(link))
    self.assertEqual(self.read(), 'new')


if __name__ == '__main__':
  unittest.main()
