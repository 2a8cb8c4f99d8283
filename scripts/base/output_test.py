"""Tests of writing files whole or not at all."""

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

  def test_replaces_what_was_there(self) -> None:
    output.write(self.path, ['new \ud800', '\r\n'])
    with open(self.path, 'rb') as file:
      self.assertEqual(file.read(), b'new ?\r\n')
    self.assertEqual(os.listdir(self.folder), ['file'])

  def test_what_fails_half_way_leaves_the_old_file_alone(self) -> None:
    def parts(error: BaseException) -> Iterator[str]:
      yield 'new'
      raise error

    for error in (OSError(28, 'full'), cli.BadInput('bad'),
                  KeyboardInterrupt()):
      with self.assertRaises((cli.BadInput, KeyboardInterrupt)):
        output.write(self.path, parts(error))
      self.assertEqual(self.read(), 'old text')
      self.assertEqual(os.listdir(self.folder), ['file'])

  def test_links_are_followed(self) -> None:
    link = os.path.join(self.folder, 'link')
    os.symlink('file', link)
    output.write(link, ['new'])
    self.assertTrue(os.path.islink(link))
    self.assertEqual(self.read(), 'new')


if __name__ == '__main__':
  unittest.main()
