"""Tests of what every script's command line has in common."""

import unittest

from scripts.base import cli


class PrintableTest(unittest.TestCase):

  def test_leaves_text_alone_and_escapes_the_rest(self) -> None:
    for text, expected in (('a b\\c \u00e4', 'a b\\c \u00e4'),
                           ('two\nlines\r\n', 'two lines'),
                           ('\x1b[2J\x00\x9b', r'\x1b[2J\x00\x9b'),
                           ('\udcff', r'\udcff')):
      self.assertEqual(cli.printable(text), expected)


if __name__ == '__main__':
  unittest.main()
