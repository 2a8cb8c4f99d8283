#include "lib/probe/huge_pages.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstring>
#include <string>

#include "gtest/gtest.h"
#include "lib/probe/mappings.h"
#include "lib/probe/page_set.h"

namespace cowbench::probe {
namespace {

constexpr uintptr_t kHuge = uintptr_t{2} << 20;

// Three huge pages' worth of memory, aligned, in small pages that are there.
class CollapseTest : public testing::Test {
 protected:
  void SetUp() override {
    mapping_ = mmap(nullptr, 4 * kHuge, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(mapping_, MAP_FAILED);
    const auto begin = reinterpret_cast<uintptr_t>(mapping_);
    memory_ = reinterpret_cast<char*>((begin + kHuge - 1) / kHuge * kHuge);
    for (uintptr_t page = 0; page < 3 * kHuge; page += PageSize()) {
      memory_[page] = 1;
    }
    if (AnonymousHugeBytes() != 0) {
      GTEST_SKIP() << "SKIPPED: the system makes all memory huge by itself";
    }
  }
  void TearDown() override { munmap(mapping_, 4 * kHuge); }

  void* mapping_ = nullptr;
  char* memory_ = nullptr;
  PageSet data_ = *PageSet::Create();
};

TEST_F(CollapseTest, MakesThoseHugeThatHoldData) {
  data_.Add(memory_ + 100 * PageSize(), 1);
  data_.Add(memory_ + 3 * kHuge - 1, 1);
  const absl::Status status = CollapseIntoHugePages(data_);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(AnonymousHugeBytes(), 2 * kHuge);
}

TEST_F(CollapseTest, SaysWhatTheKernelRefuses) {
  madvise(memory_, kHuge, MADV_NOHUGEPAGE);
  data_.Add(memory_, 3 * kHuge);
  const std::string message(CollapseIntoHugePages(data_).message());
  EXPECT_EQ(message, "the kernel refused 1 of 3 huge pages: Invalid argument");
  EXPECT_EQ(AnonymousHugeBytes(), 2 * kHuge);
}

TEST_F(CollapseTest, SaysWhenNoneFits) {
  munmap(memory_ + kHuge - PageSize(), PageSize());
  data_.Add(memory_, kHuge - PageSize());
  const std::string message(CollapseIntoHugePages(data_).message());
  EXPECT_EQ(message,
            "no huge page fits: the data set reaches over no aligned 2048 KiB "
            "of a mapping");
}

}  // namespace
}  // namespace cowbench::probe
