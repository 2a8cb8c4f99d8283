"""Tests of the command line of every script."""

import unittest

from scripts.base import cli


class PrintableTest(unittest.TestCase):

  def test_escapes_only_control_characters(self) -> None:
    for text, expected in (('a b\\c \u00e4', 'a b\\c \u00e4'),
                           ('two\nlines\r\n', 'two lines'),
                           ('\x1b[2J\x00\x9b', r'\x1b[2J\x00\x9b'),
                           ('\udcff', r'\udcff')):
      self.assertEqual(cli.printable(text), expected)


if __name__ == '__main__':
  unittest.main()
