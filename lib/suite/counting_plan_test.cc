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
    EXPECT_TRUE(plan.Add({Counted(5, 6), Counted(7, 8)}));
  }
  for (int i = 0; i < 9; ++i) {
    EXPECT_FALSE(plan.CountNext());
    EXPECT_TRUE(plan.Add({Timed(6), Timed(8)}));
  }
  EXPECT_EQ(plan.repeated_forks(), 0);
}

TEST(CountingPlanTest, RepeatsATimedForkThatDiffersAndCountsIt) {
  CountingPlan plan(false);
  plan.Add({Counted(5, 6), Counted(7, 8)});
  plan.Add({Counted(5, 6), Counted(7, 8)});
  EXPECT_FALSE(plan.Add({Timed(6), Timed(9)}));
  EXPECT_TRUE(plan.CountNext());
  EXPECT_TRUE(plan.Add({Counted(5, 6), Counted(7, 8)}));
  EXPECT_FALSE(plan.CountNext());
  EXPECT_EQ(plan.repeated_forks(), 1);
}

TEST(CountingPlanTest, CountsForksUntilTwoAgree) {
  for (const Sample& differing : {Counted(6, 6), Counted(5, 7)}) {
    for (const int odd : {0, 1}) {
      CountingPlan plan(false);
      // The first one is never repeated: it is the warm-up.
      EXPECT_TRUE(plan.Add({odd == 0 ? differing : Counted(5, 6)}));
      EXPECT_FALSE(plan.Add({odd == 1 ? differing : Counted(5, 6)}));
      EXPECT_TRUE(plan.CountNext());
      EXPECT_TRUE(plan.Add({Counted(5, 6)}));
      EXPECT_FALSE(plan.CountNext());
      EXPECT_FALSE(plan.Add({Timed(7)}));
    }
  }
}

TEST(CountingPlanTest, CountsAllOfACaseThatVaries) {
  CountingPlan never_agrees(false);
  EXPECT_TRUE(never_agrees.Add({Counted(1, 1)}));
  EXPECT_FALSE(never_agrees.Add({Counted(2, 2)}));
  for (uint64_t i = 3; i < 9; ++i) {
    EXPECT_TRUE(never_agrees.CountNext());
    EXPECT_TRUE(never_agrees.Add({Counted(i, 9)}));
  }
  CountingPlan differs_twice(false);
  differs_twice.Add({Counted(5, 6)});
  differs_twice.Add({Counted(5, 6)});
  EXPECT_FALSE(differs_twice.Add({Timed(7)}));
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(differs_twice.CountNext());
    EXPECT_TRUE(differs_twice.Add({Counted(6, 7)}));
  }
  CountingPlan differs_often(false);
  differs_often.Add({Counted(5, 6)});
  differs_often.Add({Counted(5, 6)});
  int kept = 0;
  for (int i = 0; i < 10; ++i) {
    kept += differs_often.Add({Timed(7)}) ? 1 : 0;
    differs_often.Add({Counted(5, 6)});
  }
  EXPECT_EQ(kept, 5);
}

TEST(CountingPlanTest, CountsAllWhereItIsToldTo) {
  CountingPlan plan(true);
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(plan.CountNext());
    EXPECT_TRUE(plan.Add({Counted(5, 6)}));
  }
}

}  // namespace
}  // namespace cowbench
