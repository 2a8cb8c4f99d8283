"""Pieces of HTML that escape all text."""

import html
from typing import Iterable

from scripts.base import human
from scripts.base import tables

# Thousands of rows do not belong on a page; the files have them.
_MOST_ROWS = 100



def element(tag: str, text: str, css_class: str = '') -> str:
  attribute = f' class="{css_class}"' if css_class else ''
  return f'<{tag}{attribute}>{html.escape(text)}</{tag}>'


def items(tag: str, texts: Iterable[str], css_class: str = '') -> str:
  """A list; `tag` is ol or ul."""
  entries = ''.join(element('li', human.joined_units(text)) for text in texts)
  return f'<{tag} class="{css_class}">{entries}</{tag}>' if entries else ''


def _number(i: int, shown: tables.Table) -> str:
  return '' if i in shown.left else ' class="number"'


def table(shown: tables.Table) -> str:
  """The first rows of a table; a line counts the others."""
  head = ''.join(
      f'<th scope="col"{_number(i, shown)}>{html.escape(column)}</th>'
      for i, column in enumerate(shown.columns))
  rows = ''
  for row in shown.rows[:_MOST_ROWS]:
    cells = ''.join(f'<td{_number(i, shown)}>{html.escape(cell)}</td>'
                    for i, cell in enumerate(row))
    rows += f'<tr>{cells}</tr>'
  more = len(shown.rows) - _MOST_ROWS
  note = element('p', f'{more} more rows; //scripts:compare shows all.',
                 'count') if more > 0 else ''
  # With a tab index, the keyboard can scroll it.
  body = ('<div class="scroll" tabindex="0" role="region" '
          f'aria-label="{html.escape(shown.title)}"><table>'
          f'<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{note}')
  if shown.folded:
    return (f'<details><summary>{html.escape(shown.title)}</summary>{body}'
            '</details>')
  return element('h3', shown.title) + body
