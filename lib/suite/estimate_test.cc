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
                .size = 100 * kMiB,
                .children = 4};
};

TEST_F(EstimateTest, CopiesAreInEachWriter) {
  const uint64_t kProcess = kMiB;
  EXPECT_EQ(MemoryOfCopies(case_, 120 * kMiB), 4 * (120 * kMiB + kProcess));
  case_.writer = Writer::kParent;
  EXPECT_EQ(MemoryOfCopies(case_, 120 * kMiB), 120 * kMiB + kProcess);
  pattern_.destroys = true;  // what is freed may not be what is used again
  EXPECT_EQ(MemoryOfCopies(case_, 120 * kMiB), 240 * kMiB + kProcess);
  pattern_ = {.name = "p"};
  EXPECT_EQ(MemoryOfCopies(case_, 120 * kMiB), kProcess);
  EXPECT_EQ(NeededMemory(case_), 150 * kMiB + 2 * kProcess);
}

TEST_F(EstimateTest, RefusesWhatThereIsNot) {
  EXPECT_TRUE(CheckMemory(kMiB).ok());
  EXPECT_EQ(CheckMemory(uint64_t{1} << 60).code(),
            absl::StatusCode::kResourceExhausted);
}

TEST_F(EstimateTest, ADataSetIsBuiltOnceUnlessItIsSpoiled) {
  const std::vector<double> kept = EstimatedSeconds({case_, case_}, 3, 1);
  EXPECT_GT(kept[0], kept[1]);
  Case elsewhere = case_;
  elsewhere.size = 200 * kMiB;
  EXPECT_EQ(EstimatedSeconds({case_, elsewhere, case_}, 3, 1)[2], kept[0]);
  case_.writer = Writer::kParent;
  const std::vector<double> before = EstimatedSeconds({case_, case_}, 3, 1);
  pattern_.destroys = true;
  const std::vector<double> spoiled = EstimatedSeconds({case_, case_}, 3, 1);
  EXPECT_EQ(spoiled[0], spoiled[1]);
  EXPECT_GT(spoiled[0], before[0]);
  EXPECT_EQ(EstimatedSeconds({case_}, 3, 9)[0], 9 * spoiled[0]);
}

}  // namespace
}  // namespace cowbench
