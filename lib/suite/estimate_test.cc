#include "lib/suite/estimate.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "lib/workload/workload.h"

namespace cowbench {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

class EstimateTest : public testing::Test {
 protected:
  Allocator allocator_ = {.name = "a"};
  workload::LayoutEntry layout_ = {.name = "l"};
  workload::PatternEntry pattern_ = {.name = "p", .writes = true};
  Case case_ = {.allocator = &allocator_,
                .layout = &layout_,
                .pattern = &pattern_,
                .size = 100 * kMiB};
};

TEST_F(EstimateTest, ADataSetIsBuiltOnceUnlessItIsSpoiled) {
  const std::vector<double> kept =
      EstimatedSeconds({case_, case_}, {.number = 3}, 1);
  EXPECT_GT(kept[0], kept[1]);
  Case elsewhere = case_;
  elsewhere.size = 200 * kMiB;
  EXPECT_EQ(EstimatedSeconds({case_, elsewhere, case_}, {.number = 3}, 1)[2],
            kept[0]);
  case_.point.Get<axis::Writer>() = Writer::kParent;
  const std::vector<double> before =
      EstimatedSeconds({case_, case_}, {.number = 3}, 1);
  pattern_.destroys = true;
  const std::vector<double> spoiled =
      EstimatedSeconds({case_, case_}, {.number = 3}, 1);
  EXPECT_EQ(spoiled[0], spoiled[1]);
  EXPECT_GT(spoiled[0], before[0]);
  EXPECT_EQ(EstimatedSeconds({case_}, {.number = 3}, 9)[0], 9 * spoiled[0]);
}

TEST_F(EstimateTest, AHeapAndBuildersTakeTime) {
  layout_.element_count = [](uint64_t size) { return size / 8; };
  const double one = EstimatedSeconds({case_}, {.number = 3}, 1)[0];
  case_.point.Get<axis::Heap>() = workload::Heap::kAged;
  const double aged = EstimatedSeconds({case_}, {.number = 3}, 1)[0];
  EXPECT_GT(aged, one);
  case_.point.Get<axis::Builders>() = 8;
  EXPECT_GT(EstimatedSeconds({case_}, {.number = 3}, 1)[0], aged);
}

TEST_F(EstimateTest, AsManyForksAsTheUserWants) {
  EXPECT_EQ(IterationsOf(case_, {}), 3);
  EXPECT_EQ(IterationsOf(case_, {.number = 17}), 17);
  EXPECT_EQ(IterationsOf(case_, {.seconds = 1e-9}), 1);
  EXPECT_GT(IterationsOf(case_, {.seconds = 1000}), 1000);
  EXPECT_EQ(IterationsOf(case_, {.seconds = 1e9}), kMaxForks);
}

}  // namespace
}  // namespace cowbench
