"""Quantities and names as people read them."""

import re
from typing import Sequence

_BEFORE_UNIT = re.compile(r'(?<=\d) (?=(?:%|[KMGT]?i?B|[mun]?s)(?!\w))')


def printable(text: str) -> str:
  """The text with control characters and line breaks escaped."""
  if text.isprintable():
    return text
  return ''.join(c if c.isprintable() else
                 c.encode('unicode_escape').decode() for c in text)


def _scaled(value: float, steps: Sequence[tuple[float, str]]) -> str:
  for factor, unit in steps:
    if abs(value) >= factor:
      break
  return f'{digits(value / factor)} {unit}'


def bytes_text(value: float) -> str:
  """Such as '1.25 MiB' and '0 B'."""
  return _scaled(value, ((2**30, 'GiB'), (2**20, 'MiB'), (2**10, 'KiB'),
                         (1, 'B')))


def seconds_text(value: float) -> str:
  """Such as '384 us'."""
  return _scaled(value, ((1, 's'), (1e-3, 'ms'), (1e-6, 'us'), (1e-9, 'ns')))


def quantity(unit: str, value: float) -> str:
  """A counter's value in its unit."""
  if unit == 'bytes':
    return bytes_text(value)
  if unit == 'seconds':
    return seconds_text(value)
  text = f'{value:.2f}'.rstrip('0').rstrip('.')
  return f'{text}x' if unit == 'ratio' else text


def difference(unit: str, base: float, head: float) -> str:
  """By how much head differs from base, absolutely and relatively."""
  sign = '+' if head > base else '-'
  text = f'{sign}{quantity(unit, abs(head - base))}'
  if base == 0:
    return text
  percent = 100 * abs(head - base) / abs(base)
  decimals = 2 if percent < 1 else 1 if percent < 100 else 0
  return f'{text}, {sign}{percent:.{decimals}f} %'


def digits(value: float) -> str:
  """Three significant digits, or all digits of a whole number."""
  if value == int(value) or abs(value) >= 100:
    return f'{value:.0f}'
  if abs(value) < 1:
    return f'{value:.3g}'
  return f'{value:.1f}' if abs(value) >= 10 else f'{value:.2f}'


def joined_units(text: str) -> str:
  """The text with a no-break space between each number and its unit."""
  return _BEFORE_UNIT.sub('\u00a0', text)


def plural(count: int, noun: str) -> str:
  """Such as '1 case' and '2 cases'."""
  return f'{count} {noun}' if count == 1 else f'{count} {noun}s'
