#include "lib/suite/memory_guard.h"

#include <cstdint>

#include "gtest/gtest.h"
#include "lib/probe/huge_pages.h"
#include "lib/workload/workload.h"

namespace cowbench {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

class MemoryGuardTest : public testing::Test {
 protected:
  Allocator allocator_ = {.name = "a"};
  workload::LayoutEntry layout_ = {.name = "l"};
  workload::PatternEntry pattern_ = {.name = "p", .writes = true};
  Case case_ = {.allocator = &allocator_,
                .layout = &layout_,
                .pattern = &pattern_,
                .size = 100 * kMiB};
};

TEST_F(MemoryGuardTest, CopiesAreInEachWriter) {
  case_.point.Get<axis::Children>() = 4;
  const uint64_t kProcess = kMiB;
  EXPECT_EQ(MemoryOfCopies(case_, 120 * kMiB), 4 * (120 * kMiB + kProcess));
  case_.point.Get<axis::Writer>() = Writer::kParent;
  EXPECT_EQ(MemoryOfCopies(case_, 120 * kMiB), 120 * kMiB + kProcess);
  pattern_.destroys =
      true;  // new elements may not use the memory of freed ones
  EXPECT_EQ(MemoryOfCopies(case_, 120 * kMiB), 240 * kMiB + kProcess);
  pattern_ = {.name = "p"};
  EXPECT_EQ(MemoryOfCopies(case_, 120 * kMiB), kProcess);
  EXPECT_EQ(NeededMemory(case_), 150 * kMiB + 2 * kProcess);
}

TEST_F(MemoryGuardTest, AHeapHoldsMoreThanItsDataSet) {
  const uint64_t fresh = MemoryOfDataSet(case_);
  case_.point.Get<axis::Heap>() = workload::Heap::kHoled;
  EXPECT_EQ(MemoryOfDataSet(case_), fresh + 150 * kMiB);
  case_.point.Get<axis::Heap>() = workload::Heap::kAged;
  EXPECT_EQ(MemoryOfDataSet(case_), fresh + 600 * kMiB);
  case_.point.Get<axis::Heap>() = workload::Heap::kFresh;
  case_.point.Get<axis::BeforeFork>() = BeforeFork::kCompact;
  EXPECT_EQ(MemoryOfDataSet(case_), fresh + 150 * kMiB);
  case_.point.Get<axis::BeforeFork>() = BeforeFork::kNothing;
  case_.point.Get<axis::Builders>() = 5;
  case_.point.Get<axis::Threads>() = 4;
  EXPECT_EQ(MemoryOfDataSet(case_), fresh + 2 * kMiB);
}

TEST_F(MemoryGuardTest, HugePagesCountInFull) {
  const uint64_t fresh = MemoryOfDataSet(case_);
  case_.point.Get<axis::Thp>() = HugePages::kAlways;
  EXPECT_GE(MemoryOfDataSet(case_), fresh + 16 * kMiB);
  EXPECT_GE(MemoryOfDataSet(case_), fresh + 2 * probe::HugePageSize());
}

TEST_F(MemoryGuardTest, RefusesWhatThereIsNot) {
  EXPECT_TRUE(CheckMemory(kMiB).ok());
  EXPECT_EQ(CheckMemory(uint64_t{1} << 60).code(),
            absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace cowbench
