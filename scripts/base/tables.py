"""Tables as text for a terminal and as Markdown for a pull request."""

import dataclasses
import html
import re
from typing import Iterable, Sequence

from scripts.base import human

# GitHub refuses comments above 65536 characters.
MARKDOWN_LIMIT = 60000

# Markdown takes an underscore between letters as it is.
_MARKUP = re.compile(r'[\\`*{}\[\]<>!|~@]|(?<!&)#|(?<!\w)_|_(?!\w)')
_PLAIN = re.compile(r'[\w/:.,%+-]+', re.ASCII)


@dataclasses.dataclass
class Table:
  """A titled table.

  Attributes:
    title: one line.
    columns: their titles.
    rows: lists of cells.
    left: indices of the columns that are aligned left, not right.
    literal: indices of the columns that Markdown sets in code.
    folded: Markdown shows only the title until the reader clicks it.
  """
  title: str
  columns: list[str]
  rows: list[list[str]]
  left: tuple[int, ...] = (0,)
  literal: tuple[int, ...] = (0,)
  folded: bool = True


def to_text(table: Table) -> str:
  """The table with aligned columns, preceded by an empty line."""
  rows = [[human.printable(cell) for cell in row]
          for row in (table.columns, *table.rows)]
  widths = [max(len(row[i]) for row in rows) for i in range(len(table.columns))]
  lines = ['', human.printable(table.title)]
  for row in rows:
    cells = [cell.ljust(width) if i in table.left else cell.rjust(width)
             for i, (cell, width) in enumerate(zip(row, widths))]
    lines.append(('  ' + '  '.join(cells)).rstrip())
  return '\n'.join(lines) + '\n'


def to_markdown(tables: Iterable[Table]) -> str:
  """The tables, short enough for a comment.

  A line counts the rows that do not fit.
  """
  parts = []
  room = MARKDOWN_LIMIT
  for table in tables:
    part = _markdown_table(table, room)
    room -= len(part)
    parts.append(part)
  return ''.join(parts)


def _markdown_table(table: Table, room: int) -> str:
  title = escape(table.title)
  begin, end = f'\n**{title}**\n\n', ''
  if table.folded:
    begin = f'\n<details><summary>{title}</summary>\n\n'
    end = '\n</details>\n'
  lines = [_markdown_row([escape(column) for column in table.columns]),
           _markdown_row([':--' if i in table.left else '--:'
                          for i in range(len(table.columns))])]
  used = sum(map(len, lines))
  for i, row in enumerate(table.rows):
    line = _markdown_row([code(cell) if k in table.literal else escape(cell)
                          for k, cell in enumerate(row)])
    used += len(line)
    if used > room:
      lines.append(f'\n{len(table.rows) - i} more rows do not fit here; '
                   'the JSON output has them.\n')
      break
    lines.append(line)
  return begin + ''.join(lines) + end


def _markdown_row(cells: Sequence[str]) -> str:
  return f"| {' | '.join(cells)} |\n"


def code(name: str) -> str:
  """The name as inline code, with any character escaped."""
  if _PLAIN.fullmatch(name):
    return f'`{name}`'
  return f'<code>{escape(name)}</code>'


def escape(text: str) -> str:
  """The text on one line, with Markdown's special characters escaped."""
  return _MARKUP.sub(lambda match: f'&#{ord(match[0])};',
                     html.escape(human.printable(text)).replace('&#x27;', "'"))
