"""Quantities and names as people read them."""

import math


def printable(text):
  """`text` on one line, without what a terminal would act upon."""
  if text.isprintable():
    return text
  return ''.join(c if c.isprintable() else
                 c.encode('unicode_escape').decode() for c in text)


def _scaled(value, steps):
  for factor, unit in steps:
    if abs(value) >= factor:
      break
  scaled = value / factor
  if scaled == int(scaled) and abs(scaled) < 10000:
    return f'{int(scaled)} {unit}'
  decimals = max(0, 2 - int(math.log10(max(1, abs(scaled)))))
  return f'{scaled:.{decimals}f} {unit}'


def bytes_text(value):
  """Such as '1.25 MiB' and '0 B'."""
  return _scaled(value, ((2**30, 'GiB'), (2**20, 'MiB'), (2**10, 'KiB'),
                         (1, 'B')))


def seconds_text(value):
  """Such as '384 us'."""
  return _scaled(value, ((1, 's'), (1e-3, 'ms'), (1e-6, 'us'), (1e-9, 'ns')))


def quantity(metric, value):
  """The value of a counter, with the unit that the counter's name implies."""
  if metric.endswith('_bytes'):
    return bytes_text(value)
  if metric.endswith('_time'):
    return seconds_text(value)
  text = f'{value:.2f}'.rstrip('0').rstrip('.')
  return f'{text}x' if metric == 'amplification' else text


def difference(metric, base, head):
  """By how much head differs from base, absolutely and relatively."""
  sign = '+' if head > base else '-'
  text = f'{sign}{quantity(metric, abs(head - base))}'
  if base == 0:
    return text
  percent = 100 * abs(head - base) / abs(base)
  decimals = 2 if percent < 1 else 1 if percent < 100 else 0
  return f'{text}, {sign}{percent:.{decimals}f} %'


def plural(count, noun):
  """Such as '1 case' and '2 cases'."""
  return f'{count} {noun}' if count == 1 else f'{count} {noun}s'
