"""Numbers as people read them; the page's scripts print them alike."""

_BYTES = ('B', 'KiB', 'MiB', 'GiB', 'TiB')


def digits(value: float) -> str:
  """Three significant digits, and none of a whole number dropped."""
  if value == int(value) or abs(value) >= 100:
    return f'{value:.0f}'
  if abs(value) < 1:
    return f'{value:.3g}'
  return f'{value:.1f}' if abs(value) >= 10 else f'{value:.2f}'


def size(value: float) -> str:
  unit = 0
  while unit + 1 < len(_BYTES) and abs(value) >= 1024:
    value /= 1024
    unit += 1
  return f'{digits(value)} {_BYTES[unit]}'
