"""Says whether one set of measured times is longer than another.

The estimate is the ratio of the medians, with a bootstrap confidence interval.
A change counts if both hold:

* the whole interval lies beyond the noise floor, that is, a change that is
  too small to matter is ruled out; and
* the Mann-Whitney U test, which knows of no distribution, finds it
  significant. Many comparisons are made at once, so its level is divided by
  their number (Bonferroni). It is never stricter than the smallest p that the
  repetitions can give at all: two sets that do not even overlap always pass.
  Of a thousand comparisons of equal things with nine repetitions each, 0.04
  are that far apart by chance.

Times are the same if the whole interval lies within the noise floor.
Everything else is inconclusive.
"""

import bisect
import dataclasses
import functools
import math
import statistics

MIN_REPETITIONS = 9
NOISE_FLOOR = 0.05
CONFIDENCE = 0.95
LEVEL = 0.05

# Above these, the normal distribution is as good, and counting takes long.
_MAX_RANKS_COUNTED = 20
_MAX_DRAWS_COUNTED = 100


@dataclasses.dataclass
class TimeChange:
  """What is known of head's times in relation to base's.

  Attributes:
    repetitions: how many, of base and head.
    base: median, seconds.
    head: median, seconds.
    ratio: head / base; None if base is zero.
    interval: of the ratio; None if there are too few repetitions.
    p: of the Mann-Whitney U test, two-sided; None likewise.
  """
  repetitions: tuple[int, int]
  base: float
  head: float
  ratio: float | None = None
  interval: tuple[float, float] | None = None
  p: float | None = None

  def verdict(self, comparisons):
    """'improved', 'same', 'regressed' or 'inconclusive', as one of many."""
    if self.interval is None:
      return 'inconclusive'
    low, high = self.interval
    highest = 1 + NOISE_FLOOR
    if 1 / highest <= low and high <= highest:
      return 'same'
    if self.p <= max(LEVEL / comparisons, smallest_p(*self.repetitions)):
      if low > highest:
        return 'regressed'
      if high < 1 / highest:
        return 'improved'
    return 'inconclusive'


def median(values):
  """Of a non-empty list. Most files have one repetition, and many cases."""
  return values[0] if len(values) == 1 else statistics.median(values)


def time_change(base, head):
  """Compares two non-empty lists of seconds."""
  change = TimeChange((len(base), len(head)), median(base), median(head))
  if min(base) > 0 and min(head) > 0:
    change.ratio = change.head / change.base
    if min(change.repetitions) >= MIN_REPETITIONS:
      change.interval = median_ratio_interval(base, head)
      change.p = mann_whitney_p(base, head)
  return change


def median_ratio_interval(base, head):
  """Percentile bootstrap interval of median(head) / median(base).

  It is the interval that infinitely many resamplings would give: the chance
  that the median of a resampling is a given one of the values has a formula.
  """
  base_values = sorted(base)
  head_values = sorted(head)
  ratios = sorted([
      (head_values[i] / base_values[k], chance)
      for k, i, chance in _pair_chances(len(base), len(head))])
  tail = (1 - CONFIDENCE) / 2
  return _quantile(ratios, tail), _quantile(reversed(ratios), tail)


def _quantile(weighted, share):
  total = 0.0
  for value, weight in weighted:
    total += weight
    if total >= share:
      break
  return value


@functools.cache
def _pair_chances(n, m):
  """The chances of two values to be the medians: (index, index, chance)."""
  return [(k, i, base_chance * head_chance)
          for k, base_chance in _median_chances(n)
          for i, head_chance in _median_chances(m)]


def _median_chances(n):
  """The chances of n sorted values to be the median of a resampling.

  Of an even number, either of the two middle values counts half.

  Returns: pairs of index and chance, which add up to one; values that are
    next to never the median are left out.
  """
  chances = [0.0] * n
  for rank in {(n + 1) // 2, n // 2 + 1}:
    # The value of that rank is at most the k-th if so many drawn are.
    at_most = [_at_least(rank, n, k / n) for k in range(n + 1)]
    for k in range(n):
      chances[k] += at_most[k + 1] - at_most[k]
  likely = [(k, chance) for k, chance in enumerate(chances) if chance > 1e-6]
  total = sum(chance for _, chance in likely)
  return [(k, chance / total) for k, chance in likely]


def _at_least(rank, n, share):
  """Chance that at least `rank` of n draws are in a `share` of all."""
  if share in (0, 1):
    return share
  if n > _MAX_DRAWS_COUNTED:
    draws = statistics.NormalDist(n * share, math.sqrt(n * share * (1 - share)))
    return 1 - draws.cdf(rank - 0.5)
  return sum(math.comb(n, drawn) * share**drawn * (1 - share)**(n - drawn)
             for drawn in range(rank, n + 1))


def mann_whitney_p(base, head):
  """Two-sided p of the Mann-Whitney U test."""
  n, m = len(base), len(head)
  ordered = sorted(head)
  doubled_u = 0  # twice U, a whole number also where values tie
  for value in base:
    doubled_u += (bisect.bisect_left(ordered, value) +
                  bisect.bisect_right(ordered, value))
  together = sorted(base + head)
  ties = []
  start = 0
  for i in range(1, n + m + 1):
    if i == n + m or together[i] != together[start]:
      ties.append(i - start)
      start = i
  if max(ties) == 1 and max(n, m) <= _MAX_RANKS_COUNTED:
    u = doubled_u // 2
    return min(1.0, 2 * _u_distribution(n, m)[min(u, n * m - u)])
  spread = (n + m + 1) - (sum(t**3 - t for t in ties) /
                          ((n + m) * (n + m - 1)))
  if spread <= 0:  # all values are equal
    return 1.0
  distance = max(0.0, abs(doubled_u / 2 - n * m / 2) - 0.5)
  return math.erfc(distance / math.sqrt(n * m * spread / 12) / math.sqrt(2))


def smallest_p(n, m):
  """The p of two samples, of n and m values, that do not overlap."""
  return 2 / math.comb(n + m, n)


@functools.cache
def _u_distribution(n, m):
  """Chance of U <= u for each u, without ties."""
  # Ways to reach each U; after m + i columns divided by i: the Gaussian
  # binomial coefficient, multiplied out one factor at a time.
  ways = [1] + [0] * (n * m)
  for i in range(1, n + 1):
    for u in range(n * m, m + i - 1, -1):
      ways[u] -= ways[u - m - i]
    for u in range(i, n * m + 1):
      ways[u] += ways[u - i]
  total = math.comb(n + m, n)
  chances = []
  count = 0
  for way in ways:
    count += way
    chances.append(count / total)
  return chances
