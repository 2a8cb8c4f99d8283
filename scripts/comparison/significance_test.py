"""Compares the statistics with known values and with simulations."""

import collections
import itertools
import random
import statistics
import unittest

from scripts.comparison import significance


def noisy(source: random.Random, mean: float, deviation: float,
          n: int = 9) -> list[float]:
  return [source.gauss(mean, deviation * mean) for _ in range(n)]


class MannWhitneyTest(unittest.TestCase):

  def test_small_samples_agree_with_counting_every_order(self) -> None:
    for n, m in ((3, 4), (4, 4), (2, 6)):
      ways = collections.Counter(
          sum(ranks) - n * (n - 1) // 2
          for ranks in itertools.combinations(range(n + m), n))
      for ranks in itertools.combinations(range(n + m), n):
        base = [float(rank) for rank in ranks]
        head = [float(rank) for rank in set(range(n + m)).difference(ranks)]
        u = sum(ranks) - n * (n - 1) // 2
        extreme = sum(count for other, count in ways.items()
                      if other <= min(u, n * m - u))
        self.assertAlmostEqual(
            significance.mann_whitney_p(base, head),
            min(1, 2 * extreme / ways.total()))

  def test_samples_that_do_not_overlap_have_the_smallest_p(self) -> None:
    p = significance.mann_whitney_p(list(range(9)), list(range(10, 19)))
    self.assertAlmostEqual(p, 2 / 48620)
    self.assertAlmostEqual(p, significance.smallest_p(9, 9))

  def test_ties(self) -> None:
    # By hand: U = 9 instead of 18, ties of 4, 6 and 2, deviation 5.721.
    base = [1, 1, 1, 2, 2, 2]
    head = [1, 2, 2, 2, 3, 3]
    self.assertAlmostEqual(significance.mann_whitney_p(base, head), 0.1373,
                           places=4)
    self.assertEqual(significance.mann_whitney_p([1.0] * 9, [1.0] * 9), 1)

  def test_large_samples_agree_with_small_ones(self) -> None:
    source = random.Random(1)
    base, head = noisy(source, 1, 0.1, 20), noisy(source, 1.05, 0.1, 20)
    exact = significance.mann_whitney_p(base, head)
    repeated = base + [base[0]]  # a tie: the normal distribution decides
    self.assertAlmostEqual(significance.mann_whitney_p(repeated, head), exact,
                           delta=0.3 * exact + 0.01)


class IntervalTest(unittest.TestCase):

  def test_agrees_with_resampling(self) -> None:
    source = random.Random(2)
    for n, m in ((9, 9), (11, 9), (15, 21)):
      base, head = noisy(source, 1, 0.1, n), noisy(source, 1.2, 0.1, m)
      ratios = sorted(
          statistics.median(source.choices(head, k=m)) /
          statistics.median(source.choices(base, k=n)) for _ in range(20000))
      low, high = significance.median_ratio_interval(base, head)
      self.assertLessEqual(sum(r < low for r in ratios), 560)
      self.assertGreaterEqual(sum(r <= low for r in ratios), 440)
      self.assertLessEqual(sum(r > high for r in ratios), 560)
      self.assertGreaterEqual(sum(r >= high for r in ratios), 440)

  def test_even_numbers_are_close_to_resampling(self) -> None:
    source = random.Random(3)
    base, head = noisy(source, 1, 0.05, 10), noisy(source, 1, 0.05, 10)
    ratios = sorted(
        statistics.median(source.choices(head, k=10)) /
        statistics.median(source.choices(base, k=10)) for _ in range(20000))
    low, high = significance.median_ratio_interval(base, head)
    self.assertAlmostEqual(low, ratios[500], delta=0.03)
    self.assertAlmostEqual(high, ratios[-500], delta=0.03)

  def test_many_repetitions_narrow_it(self) -> None:
    source = random.Random(4)
    low, high = significance.median_ratio_interval(
        noisy(source, 1, 0.1, 2000), noisy(source, 1, 0.1, 2000))
    self.assertLess(high / low, 1.03)
    self.assertTrue(low < 1 < high)


def time_change(base: list[float],
                head: list[float]) -> significance.TimeChange:
  change = significance.TimeChange.of(base, head)
  significance.test([(change, (base, head))])
  return change


class VerdictTest(unittest.TestCase):

  def verdicts(self, factor: float, noise: float, n: int = 9,
               comparisons: int = 400) -> collections.Counter[str]:
    """The number of simulations with each verdict."""
    source = random.Random(5)
    return collections.Counter(
        time_change(noisy(source, 1e-3, noise, n),
                    noisy(source, 1e-3 * factor, noise, n)).verdict(comparisons)
        for _ in range(200))

  def test_ten_percent_slower_with_little_noise(self) -> None:
    self.assertEqual(self.verdicts(1.1, 0.01), {'regressed': 200})
    self.assertEqual(self.verdicts(1 / 1.1, 0.01), {'improved': 200})

  def test_a_full_preset_does_not_hide_it(self) -> None:
    self.assertEqual(self.verdicts(1.1, 0.01, comparisons=20000),
                     {'regressed': 200})

  def test_ten_percent_slower_with_much_noise(self) -> None:
    verdicts = self.verdicts(1.1, 0.2)
    self.assertGreaterEqual(verdicts['inconclusive'], 195)

  def test_the_same_with_little_noise(self) -> None:
    verdicts = self.verdicts(1, 0.01)
    self.assertEqual(verdicts, {'same': 200})

  def test_the_same_with_much_noise_is_never_a_change(self) -> None:
    self.assertEqual(self.verdicts(1, 0.2).keys() - {'same', 'inconclusive'},
                     set())

  def test_too_few_repetitions(self) -> None:
    self.assertEqual(self.verdicts(2, 0.01, n=8), {'inconclusive': 200})

  def test_times_of_zero_give_no_ratio(self) -> None:
    change = time_change([0.0] * 9, [1.0] * 9)
    self.assertIsNone(change.ratio)
    self.assertEqual(change.verdict(1), 'inconclusive')


if __name__ == '__main__':
  unittest.main()
