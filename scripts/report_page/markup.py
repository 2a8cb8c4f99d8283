"""Pieces of HTML, in which text is always text."""

import html
import re
from typing import Iterable

from scripts.base import tables

# A page is no place for thousands of lines; the files have them.
_MOST_ROWS = 100


# A figure stays with its unit.
_BEFORE_UNIT = re.compile(r'(?<=\d) (?=(?:%|[KMGT]?i?B|[mun]?s)(?!\w))')


def element(tag: str, text: str, css_class: str = '') -> str:
  attribute = f' class="{css_class}"' if css_class else ''
  return f'<{tag}{attribute}>{html.escape(text)}</{tag}>'


def items(tag: str, texts: Iterable[str], css_class: str = '') -> str:
  """A list; `tag` is ol or ul."""
  entries = ''.join(element('li', _BEFORE_UNIT.sub('\u00a0', text))
                    for text in texts)
  return f'<{tag} class="{css_class}">{entries}</{tag}>' if entries else ''


def _number(i: int, shown: tables.Table) -> str:
  return '' if i in shown.left else ' class="number"'


def table(shown: tables.Table) -> str:
  """A table, folded away if it asks for that; rows above a limit are counted."""
  head = ''.join(
      f'<th scope="col"{_number(i, shown)}>{html.escape(column)}</th>'
      for i, column in enumerate(shown.columns))
  rows = ''
  for row in shown.rows[:_MOST_ROWS]:
    cells = ''.join(f'<td{_number(i, shown)}>{html.escape(cell)}</td>'
                    for i, cell in enumerate(row))
    rows += f'<tr>{cells}</tr>'
  more = len(shown.rows) - _MOST_ROWS
  note = element('p', f'{more} more; //scripts:compare has all.',
                 'count') if more > 0 else ''
  # What scrolls can be reached with the keyboard.
  body = ('<div class="scroll" tabindex="0" role="region" '
          f'aria-label="{html.escape(shown.title)}"><table>'
          f'<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{note}')
  if shown.folded:
    return (f'<details><summary>{html.escape(shown.title)}</summary>{body}'
            '</details>')
  return element('h3', shown.title) + body
