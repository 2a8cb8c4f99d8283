"""Decides whether one set of measured times is longer than another.

The estimate is the ratio of the medians, with a bootstrap confidence interval.
A change counts if both hold:

* the whole interval lies beyond the noise floor: the change is not too small to
  matter; and
* the Mann-Whitney U test, which assumes no distribution, finds it significant.
  Many comparisons are made at once, so the level is divided by their number
  (Bonferroni). The level is never below the smallest p that so many repetitions
  can give: two sets that do not overlap always pass. By chance, that happens to
  0.04 of 1000 comparisons of equal builds with nine repetitions.

Times are the same if the whole interval lies within the noise floor.
Everything else is inconclusive.

numpy and scipy take half a second and 60 MB to load, so functions import them
only when there is something to test.
"""

import collections
import dataclasses
import functools
import math
import statistics
from typing import Any, Sequence

Samples = tuple[Sequence[float], Sequence[float]]

MIN_REPETITIONS = 9
NOISE_FLOOR = 0.05
CONFIDENCE = 0.95
LEVEL = 0.05

_HIGHEST = 1 + NOISE_FLOOR
_LOWEST = 1 / _HIGHEST

# Above this, the U test's normal approximation is as good as its exact p.
_MAX_RANKS_COUNTED = 20

# A value that is less likely to be the median of a resampling is left out.
_UNLIKELY = 1e-6

# Memory holds this many pairs of values at a time.
_MAX_PAIRS = 2**17


@dataclasses.dataclass(slots=True)
class TimeChange:
  """Head's times in relation to base's.

  Attributes:
    repetitions: of base and of head.
    base: median, seconds.
    head: median, seconds.
    ratio: head / base; None if base is zero.
    interval: of the ratio; None if there are too few repetitions.
    p: of the two-sided Mann-Whitney U test; None if the interval is not beyond
      the noise floor, so that the verdict does not depend on p.
  """
  repetitions: tuple[int, int]
  base: float
  head: float
  ratio: float | None = None
  interval: tuple[float, float] | None = None
  p: float | None = None

  @classmethod
  def of(cls, base: Sequence[float], head: Sequence[float]) -> 'TimeChange':
    """The untested change between two non-empty lists of seconds."""
    change = cls((len(base), len(head)), statistics.median(base),
                 statistics.median(head))
    if min(base) > 0 and min(head) > 0:
      change.ratio = change.head / change.base
    return change

  def verdict(self, comparisons: int) -> str:
    """'improved', 'same', 'regressed' or 'inconclusive'.

    `comparisons` is the number of comparisons made at once.
    """
    if self.interval is None:
      return 'inconclusive'
    low, high = self.interval
    if _LOWEST <= low and high <= _HIGHEST:
      return 'same'
    level = max(LEVEL / comparisons, smallest_p(*self.repetitions))
    if self.p is None or self.p > level:
      return 'inconclusive'
    return 'regressed' if low > _HIGHEST else 'improved'

  def drifted(self, samples: Samples) -> bool:
    """Whether base or head moved by a third of their difference or more, from
    the first half of its repetitions to the last.

    Then a change of the machine may explain the difference. The halves must not
    overlap: by chance, that happens to 3 % of sets of nine.
    """
    if not self.ratio:
      return False
    return any(abs(math.log(step)) >= abs(math.log(self.ratio)) / 3
               and max(step, 1 / step) > _HIGHEST
               for values in samples if (step := _step(values)))

  def is_beyond_the_floor(self) -> bool:
    """Whether the whole interval is beyond the noise floor."""
    return self.interval is not None and (
        self.interval[0] > _HIGHEST or self.interval[1] < _LOWEST)


def _step(values: Sequence[float]) -> float:
  """The ratio of the last half to the first; 0 if they overlap."""
  half = len(values) // 2
  first, last = values[:half], values[-half:]
  if not (max(first) < min(last) or max(last) < min(first)):
    return 0
  return statistics.median(last) / statistics.median(first)


def test(changes: Sequence[tuple[TimeChange, Samples]]) -> None:
  """Sets `interval`, if there are enough repetitions, and `p`."""
  alike: dict[tuple[int, int],
              list[tuple[TimeChange, Samples]]] = collections.defaultdict(list)
  for change, samples in changes:
    if (change.ratio is not None and
        min(change.repetitions) >= MIN_REPETITIONS):
      alike[change.repetitions].append((change, samples))
  for (n, m), members in alike.items():
    step = max(1, _MAX_PAIRS // (n * m))
    for i in range(0, len(members), step):
      part = members[i:i + step]
      lows, highs = median_ratio_interval(*_columns(part))
      for (change, _), low, high in zip(part, lows.tolist(), highs.tolist()):
        change.interval = low, high
      part = [member for member in part if member[0].is_beyond_the_floor()]
      chances = mann_whitney_p(*_columns(part)).tolist() if part else []
      for (change, _), p in zip(part, chances):
        change.p = p


def _columns(members: list[tuple[TimeChange, Samples]]
             ) -> tuple[list[Sequence[float]], list[Sequence[float]]]:
  """The samples of base and those of head."""
  return ([base for _, (base, _) in members],
          [head for _, (_, head) in members])


def median_ratio_interval(base: Any, head: Any) -> tuple[Any, Any]:
  """Percentile bootstrap interval of median(head) / median(base).

  It is the limit for infinitely many resamplings: a formula gives the chance of
  each value to be the median of a resampling.

  Args:
    base: a list of values, or several lists.
    head: the same, as many.

  Returns: the low end and the high end, or a list of each.
  """
  import numpy as np  # pylint: disable=import-outside-toplevel
  base, head = np.sort(base), np.sort(head)
  chances = _median_chances(base.shape[-1]), _median_chances(head.shape[-1])
  (k, base_chances), (i, head_chances) = chances
  ratios = head[..., None, i] / base[..., k, None]
  ratios = ratios.reshape(*base.shape[:-1], -1)
  order = np.argsort(ratios)
  ratios = np.take_along_axis(ratios, order, -1)
  weights = np.outer(base_chances, head_chances).ravel()[order]
  tail = (1 - CONFIDENCE) / 2

  def quantile(values: Any, chance: Any) -> Any:
    at = np.argmax(np.cumsum(chance, -1) >= tail, -1)
    return np.take_along_axis(values, at[..., None], -1)[..., 0]

  return (quantile(ratios, weights),
          quantile(ratios[..., ::-1], weights[..., ::-1]))


@functools.cache
def _median_chances(n: int) -> tuple[Any, Any]:
  """The chances of n sorted values to be the median of a resampling.

  For an even n, each of the two middle values counts half.

  Returns: indices and their chances, which add up to one.
  """
  import numpy as np  # pylint: disable=import-outside-toplevel
  from scipy import special  # pylint: disable=import-outside-toplevel
  shares = np.arange(n + 1) / n
  # The value of a rank is at most the k-th if as many drawn values are.
  chances = sum(np.diff(special.bdtrc(rank - 1, n, shares))
                for rank in {(n + 1) // 2, n // 2 + 1})
  chances /= chances.sum()
  likely = np.flatnonzero(chances > _UNLIKELY)
  return likely, chances[likely] / chances[likely].sum()


def mann_whitney_p(base: Any, head: Any) -> Any:
  """Two-sided p of the Mann-Whitney U test, for one list or for several."""
  import numpy as np  # pylint: disable=import-outside-toplevel
  from scipy import stats  # pylint: disable=import-outside-toplevel
  base, head = np.asarray(base), np.asarray(head)
  n, m = base.shape[-1], head.shape[-1]
  together = np.sort(np.concatenate((base, head), -1))
  # The exact distribution does not allow ties.
  tied = (together[..., 1:] == together[..., :-1]).any(-1)
  if max(n, m) > _MAX_RANKS_COUNTED:
    tied = np.ones_like(tied)
  p = np.ones(tied.shape)
  for method, chosen in (('exact', ~tied), ('asymptotic', tied)):
    if chosen.any():
      p[chosen] = stats.mannwhitneyu(base[chosen], head[chosen], axis=-1,
                                     method=method).pvalue
  return p


def smallest_p(n: int, m: int) -> float:
  """The p of two samples, of n and m values, that do not overlap."""
  return 2 / math.comb(n + m, n)
