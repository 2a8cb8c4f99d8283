#include "lib/probe/huge_pages.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/probe/mappings.h"
#include "lib/probe/page_set.h"

namespace cowbench::probe {
namespace {

// Aligned memory of the size of three huge pages, in small pages that are
// present.
class CollapseTest : public testing::Test {
 protected:
  void SetUp() override {
    if (huge_ == 0) {
      GTEST_SKIP() << "SKIPPED: this kernel has no huge pages";
    }
    mapping_ = mmap(nullptr, 4 * huge_, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(mapping_, MAP_FAILED);
    const auto begin = reinterpret_cast<uintptr_t>(mapping_);
    memory_ = reinterpret_cast<char*>((begin + huge_ - 1) / huge_ * huge_);
    for (uintptr_t page = 0; page < 3 * huge_; page += PageSize()) {
      memory_[page] = 1;
    }
    if (AnonymousHugeBytes() != 0) {
      GTEST_SKIP() << "SKIPPED: the system makes all memory huge by itself";
    }
  }
  void TearDown() override { munmap(mapping_, 4 * huge_); }

  const uintptr_t huge_ = HugePageSize();
  void* mapping_ = nullptr;
  char* memory_ = nullptr;
  PageSet data_ = *PageSet::Create();
};

TEST_F(CollapseTest, MakesThoseHugeThatHoldData) {
  data_.Add(memory_ + 100 * PageSize(), 1);
  data_.Add(memory_ + 3 * huge_ - 1, 1);
  const absl::Status status = CollapseIntoHugePages(data_);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(AnonymousHugeBytes(), 2 * huge_);
}

TEST_F(CollapseTest, SaysWhatTheKernelRefuses) {
  madvise(memory_, huge_, MADV_NOHUGEPAGE);
  data_.Add(memory_, 3 * huge_);
  const std::string message(CollapseIntoHugePages(data_).message());
  EXPECT_EQ(message, "the kernel refused 1 of 3 huge pages: Invalid argument");
  EXPECT_EQ(AnonymousHugeBytes(), 2 * huge_);
}

TEST_F(CollapseTest, SaysWhenNoneFits) {
  munmap(memory_ + huge_ - PageSize(), PageSize());
  data_.Add(memory_, huge_ - PageSize());
  const std::string message(CollapseIntoHugePages(data_).message());
  EXPECT_EQ(message, absl::StrCat("no huge page fits: the data set reaches "
                                  "over no aligned ",
                                  huge_ >> 10, " KiB of a mapping"));
}

}  // namespace
}  // namespace cowbench::probe
