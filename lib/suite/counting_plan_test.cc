#include "lib/suite/counting_plan.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace cowbench {
namespace {

Sample Timed(int64_t faults) {
  Sample sample = {};
  sample.minor_faults = faults;
  return sample;
}

Sample Counted(uint64_t copied, int64_t faults) {
  Sample sample = Timed(faults);
  sample.pages = WindowPages();
  sample.pages->copied = copied;
  return sample;
}

TEST(CountingPlanTest, CountsTwoForksAndTimesTheRest) {
  CountingPlan plan(false);
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(plan.CountNext());
    plan.Add({Counted(5, 6), Counted(7, 8)});
  }
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(plan.CountNext());
    plan.Add({Timed(6), Timed(8)});
  }
}

TEST(CountingPlanTest, CountsAllOnceTwoForksDiffer) {
  struct {
    std::vector<Sample> second;
    std::vector<Sample> third;
  } const cases[] = {
      {{Counted(5, 6), Counted(8, 8)}, {Counted(5, 6), Counted(7, 8)}},
      {{Counted(5, 6), Counted(7, 9)}, {Counted(5, 6), Counted(7, 8)}},
      {{Counted(5, 6), Counted(7, 8)}, {Timed(6), Timed(9)}},
  };
  for (const auto& [second, third] : cases) {
    CountingPlan plan(false);
    plan.Add({Counted(5, 6), Counted(7, 8)});
    plan.Add(second);
    plan.Add(third);
    EXPECT_TRUE(plan.CountNext());
    plan.Add({Counted(5, 6), Counted(7, 8)});
    EXPECT_TRUE(plan.CountNext());
  }
}

TEST(CountingPlanTest, CountsAllWhereItIsToldTo) {
  CountingPlan plan(true);
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(plan.CountNext());
    plan.Add({Counted(5, 6)});
  }
}

}  // namespace
}  // namespace cowbench
