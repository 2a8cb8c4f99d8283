#include "lib/python/seed.h"

#include "gtest/gtest.h"

namespace cowbench::python {
namespace {

constexpr uint64_t kGiB = uint64_t{1} << 30;

TEST(SeedTest, IsScaledDownToTheMemoryThereIs) {
  EXPECT_EQ(SeedElementsWithin(1000 * kGiB), 100'000'000u);
  EXPECT_EQ(SeedElementsWithin(20 * kGiB), 100'000'000u);
  EXPECT_EQ(SeedElementsWithin(18 * kGiB), 90'000'000u);
  EXPECT_EQ(SeedElementsWithin(2 * kGiB), 10'000'000u);
  EXPECT_EQ(SeedElementsWithin(kGiB), 5'000'000u);
  EXPECT_EQ(SeedElementsWithin(0), 1u);
}

TEST(SeedTest, ATenthHasListsOfTenMillion) {
  Axes axes;
  kSeedPresets[1].adjust(&axes);
  EXPECT_EQ(axes.size_of_layout.at("list_range") / 36, 10'000'014u);
  EXPECT_EQ(axes.size_of_layout.at("list_same") / 8, 10'000'000u);
  EXPECT_EQ(axes.size_of_layout.at("numpy_ones") / 8, 22'496'128u);
}

}  // namespace
}  // namespace cowbench::python
