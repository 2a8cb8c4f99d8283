// Tests which elements a spread selects and which pages writing to them copies.
#include "lib/workload/spread.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <set>
#include <vector>

#include "gtest/gtest.h"
#include "lib/probe/mappings.h"
#include "lib/workload/catalog.h"
#include "lib/workload/prediction.h"

namespace cowbench::workload {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr Spread kSpreads[] = {Spread::kEven, Spread::kClustered,
                               Spread::kRandom, Spread::kZipf};

// The elements in the order in which they are visited.
std::vector<uint64_t> Visited(Touch touch) {
  const auto selection = Selection::Draw(touch);
  touch.chosen = selection->bits();
  std::vector<uint64_t> visited;
  ForEachTouched(touch, [&](uint64_t i) { visited.push_back(i); });
  return visited;
}

TEST(SpreadTest, SelectsDistinctElementsInAscendingOrder) {
  for (const Spread spread : kSpreads) {
    for (const uint64_t elements : {1u, 2u, 63u, 64u, 65u, 1000u, 46368u}) {
      for (const uint64_t touched :
           {uint64_t{1}, elements / 100, elements / 2, elements * 9 / 10,
            elements - 1, elements}) {
        if (touched == 0) continue;
        SCOPED_TRACE(testing::Message() << static_cast<int>(spread) << ", "
                                        << touched << " of " << elements);
        const std::vector<uint64_t> visited =
            Visited({elements, touched, Order::kSequential, spread});
        ASSERT_EQ(visited.size(), touched);
        EXPECT_LT(visited.back(), elements);
        // Strictly ascending.
        EXPECT_TRUE(std::is_sorted(visited.begin(), visited.end(),
                                   std::less_equal<>()));
        const std::vector<uint64_t> shuffled =
            Visited({elements, touched, Order::kShuffled, spread});
        EXPECT_EQ(std::multiset<uint64_t>(shuffled.begin(), shuffled.end()),
                  std::multiset<uint64_t>(visited.begin(), visited.end()));
      }
    }
  }
}

TEST(SpreadTest, SelectsTheSameElementsOnEveryMachine) {
  const auto chosen = [](Spread spread) {
    return Visited({1000, 10, Order::kSequential, spread});
  };
  using Numbers = std::vector<uint64_t>;
  EXPECT_EQ(chosen(Spread::kEven),
            (Numbers{0, 100, 200, 300, 400, 500, 600, 700, 800, 900}));
  EXPECT_EQ(chosen(Spread::kClustered),
            (Numbers{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(chosen(Spread::kRandom),
            (Numbers{26, 106, 173, 245, 327, 431, 771, 883, 952, 970}));
  EXPECT_EQ(chosen(Spread::kZipf),
            (Numbers{0, 2, 3, 11, 122, 365, 402, 565, 621, 636}));
}

// How many of the touched elements lie in each of `parts` equal parts.
std::vector<int> InEachPart(Spread spread, uint64_t touched, uint64_t parts) {
  constexpr uint64_t kElements = 100'000;
  std::vector<int> counts(parts);
  for (const uint64_t i :
       Visited({kElements, touched, Order::kSequential, spread})) {
    ++counts[i * parts / kElements];
  }
  return counts;
}

TEST(SpreadTest, RandomElementsAreEvenlyDistributed) {
  // Each tenth has 1000 of 10000, give or take four standard deviations.
  for (const int count : InEachPart(Spread::kRandom, 10'000, 10)) {
    EXPECT_NEAR(count, 1000, 4 * 30);
  }
  for (const int count : InEachPart(Spread::kRandom, 90'000, 10)) {
    EXPECT_NEAR(count, 9000, 4 * 30);
  }
}

// When one element in ten has been drawn, number i has been drawn with a
// probability of 1 - exp(-c / (i + 1)). The sum over all i is 10000, which
// gives c = 2402.
TEST(SpreadTest, ZipfPrefersTheFirstElements) {
  const std::vector<int> counts = InEachPart(Spread::kZipf, 10'000, 10);
  const std::vector<int> expected = {4718, 1529, 927, 667, 522,
                                     428,  363,  316, 279, 250};
  for (size_t part = 0; part < counts.size(); ++part) {
    EXPECT_NEAR(counts[part], expected[part], 4 * 45) << part;
  }
}

// An element in a hundred of 384 Ki, and what lies between the two ends.
TEST(SpreadTest, WritesToOneElementInAHundred) {
  constexpr uint64_t kElements = 3 * kMiB / 8;
  const uint64_t per_page = probe::PageSize() / 8;
  constexpr uint64_t kTouched = kElements / 100;
  Array array(kElements);
  uint64_t pages[4];
  for (const Spread spread : kSpreads) {
    Touch touch = {kElements, kTouched, Order::kSequential, spread};
    const auto selection = Selection::Draw(touch);
    touch.chosen = selection->bits();
    const Sample sample = RunInChild<Write>(&array, touch);
    pages[static_cast<int>(spread)] = sample.pages->copied;
    EXPECT_EQ(sample.pages->copied, PagesOfValues(&array, touch).size());
    // Reading the selection causes no fault.
    EXPECT_EQ(sample.minor_faults, static_cast<int64_t>(sample.pages->copied));
    EXPECT_EQ(sample.pages->fresh, 0u);
  }
  const auto [even, clustered, random, zipf] = pages;
  EXPECT_EQ(even, kElements / per_page);
  EXPECT_EQ(clustered, (kTouched + per_page - 1) / per_page);
  EXPECT_LT(clustered, zipf);
  EXPECT_LT(zipf, random);
  EXPECT_LE(random, even);
}

template <typename L>
class EveryLayout : public testing::Test {};
TYPED_TEST_SUITE(EveryLayout, ToGtest<Layouts>::Types);

TYPED_TEST(EveryLayout, CopiesThePagesThatTheSelectedValuesLieOn) {
  if constexpr (CanStore<TypeParam>) {
    const uint64_t elements = TypeParam::ElementCount(kMiB);
    const auto built = Built<TypeParam>(elements);
    TypeParam& layout = *built;
    for (const Spread spread : kSpreads) {
      for (const uint64_t touched : {elements / 200, elements / 3}) {
        Touch touch = {elements, touched, Order::kSequential, spread};
        const auto selection = Selection::Draw(touch);
        touch.chosen = selection->bits();
        EXPECT_EQ(RunInChild<Write>(&layout, touch).pages->copied,
                  PagesOfValues(&layout, touch).size())
            << static_cast<int>(spread) << ", " << touched;
      }
    }
  }
}

}  // namespace
}  // namespace cowbench::workload
