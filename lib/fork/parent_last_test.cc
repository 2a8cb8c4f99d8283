// A parent that writes when its children have: what it copies, and what it
// need not copy because nobody else has it any more.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "lib/fork/fork_runner.h"
#include "lib/probe/huge_pages.h"
#include "lib/probe/mappings.h"
#include "lib/probe/oracle.h"
#include "lib/probe/page_set.h"
#include "lib/probe/shared_memory.h"

namespace cowbench {
namespace {

constexpr size_t kPages = 500;

class ParentLastTest : public testing::Test {
 protected:
  // Before the first memory of this process that could be in huge pages.
  static void SetUpTestSuite() { prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); }

  ParentLastTest()
      : data_(static_cast<char*>(mmap(nullptr, bytes(), PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    memset(data_, 1, bytes());
  }
  ~ParentLastTest() override { munmap(data_, bytes()); }

  static size_t bytes() { return kPages * probe::PageSize(); }

  void WritePages(size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      static_cast<volatile char*>(data_)[i * probe::PageSize()] = 2;
    }
  }

  // One function for the children, one for the parent.
  template <typename OfChild, typename OfParent>
  Sample Run(ForkOptions options, OfChild of_child, OfParent of_parent) {
    options.writer = Writer::kParentLast;
    options.verify = options.count_pages && probe::OraclesAvailable().ok();
    const auto result = runner_.Run(options, [&] {
      if (getpid() == self_) {
        of_parent();
      } else {
        of_child();
      }
    });
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? result->samples[0] : Sample{};
  }

  const pid_t self_ = getpid();
  ForkRunner runner_ = *ForkRunner::Create();
  char* data_;
};

TEST_F(ParentLastTest, WhatAllChildrenHaveCopiedIsReused) {
  for (const int children : {1, 2, 7}) {
    for (const size_t by_children :
         {size_t{0}, size_t{1}, size_t{123}, kPages}) {
      for (const size_t by_parent : {size_t{0}, size_t{100}, kPages}) {
        const Sample sample = Run(
            {.children = children}, [&] { WritePages(0, by_children); },
            [&] { WritePages(0, by_parent); });
        const size_t reused = std::min(by_children, by_parent);
        EXPECT_EQ(sample.pages->reused, reused);
        EXPECT_EQ(sample.pages->copied, by_parent - reused);
        EXPECT_EQ(sample.pages->fresh, 0u);
        EXPECT_EQ(sample.pages->unsure, 0u);
        EXPECT_EQ(sample.minor_faults, static_cast<int64_t>(by_parent));
      }
    }
  }
}

TEST_F(ParentLastTest, WhatOneChildStillHasIsCopied) {
  const auto memory = *probe::SharedMemory::Map(sizeof(std::atomic<size_t>));
  auto* const arrived = memory.as<std::atomic<size_t>>();
  const Sample sample = Run(
      {.children = 3}, [&] { WritePages(0, 100 * arrived->fetch_add(1)); },
      [&] { WritePages(0, kPages); });
  EXPECT_EQ(sample.pages->reused, 0u);
  EXPECT_EQ(sample.pages->copied, kPages);
}

TEST_F(ParentLastTest, WhatChildrenGiveBackIsReused) {
  const Sample sample = Run(
      {.children = 2},
      [&] { madvise(data_, 77 * probe::PageSize(), MADV_DONTNEED); },
      [&] { WritePages(0, 100); });
  EXPECT_EQ(sample.pages->reused, 77u);
  EXPECT_EQ(sample.pages->copied, 23u);
  EXPECT_EQ(sample.minor_faults, 100);
}

TEST_F(ParentLastTest, WhatTheParentGivesBackIsNotReused) {
  const Sample sample = Run(
      {.children = 2}, [&] { WritePages(0, 100); },
      [&] {
        WritePages(0, 10);
        madvise(data_ + 50 * probe::PageSize(), 50 * probe::PageSize(),
                MADV_DONTNEED);
      });
  EXPECT_EQ(sample.pages->reused, 10u);
  EXPECT_EQ(sample.pages->copied, 0u);
  EXPECT_EQ(sample.minor_faults, 10);
}

TEST_F(ParentLastTest, ForkTaxIsWhatWasPrivateBeforeTheChildrenRan) {
  const auto nothing = [] {};
  const Sample idle = Run({.children = 2}, nothing, nothing);
  const Sample sample = Run(
      {.children = 2}, [&] { WritePages(0, kPages); }, nothing);
  EXPECT_EQ(sample.pages->fork_tax, idle.pages->fork_tax);
  EXPECT_EQ(sample.pages->reused, 0u);
}

TEST_F(ParentLastTest, ATimedForkHasAsManyFaults) {
  const auto by_children = [&] { WritePages(0, 200); };
  const auto by_parent = [&] { WritePages(100, 300); };
  for (int i = 0; i < 20; ++i) {
    const Sample sample =
        Run({.children = 2, .count_pages = i % 5 == 0}, by_children, by_parent);
    EXPECT_EQ(sample.minor_faults, 200);
    EXPECT_EQ(sample.pages.has_value(), i % 5 == 0);
  }
}

TEST_F(ParentLastTest, HugePagesAreRefused) {
  const size_t size = probe::HugePageSize();
  if (size == 0) GTEST_SKIP() << "SKIPPED: this kernel has no huge pages";
  prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
  char* const room =
      static_cast<char*>(mmap(nullptr, 2 * size, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  const uintptr_t begin =
      (reinterpret_cast<uintptr_t>(room) + size - 1) / size * size;
  auto* const huge = reinterpret_cast<char*>(begin);
  memset(huge, 1, size);
  probe::PageSet pages = *probe::PageSet::Create();
  pages.Add(huge, size);
  const absl::Status collapsed = probe::CollapseIntoHugePages(pages);
  // The parent's own mapping of the huge page stays whole.
  const auto result = runner_.Run({.writer = Writer::kParentLast}, [&] {
    if (getpid() == self_) {
      static_cast<volatile char*>(huge)[0] = 2;
    } else {
      madvise(huge + size / 2, probe::PageSize(), MADV_DONTNEED);
    }
  });
  munmap(room, 2 * size);
  prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
  if (!collapsed.ok()) GTEST_SKIP() << "SKIPPED: " << collapsed;
  EXPECT_TRUE(absl::IsFailedPrecondition(result.status())) << result.status();
}

TEST_F(ParentLastTest, AChildThatThrowsIsAnError) {
  const auto result = runner_.Run({.writer = Writer::kParentLast}, [&] {
    if (getpid() != self_) throw std::runtime_error("no such thing");
  });
  EXPECT_NE(result.status().message().find("no such thing"), std::string::npos)
      << result.status();
}

TEST_F(ParentLastTest, AChildEndsByExecutingAProgram) {
  const auto run = [&](const char* path) {
    const int program = open(path, O_PATH | O_CLOEXEC);
    const auto result = runner_.Run({.children = 2, .program_fd = program},
                                    [&] { WritePages(0, 5); });
    close(program);
    if (result.ok()) {
      EXPECT_EQ(result->samples[0].pages->copied, 5u);
    }
    return result.status();
  };
  EXPECT_TRUE(run("/bin/true").ok()) << run("/bin/true");
  // That it is executed at all is seen from what it ends with.
  EXPECT_NE(run("/bin/false").message().find("exited with status 1 after"),
            std::string::npos)
      << run("/bin/false");
  EXPECT_NE(run("/proc/self/maps").message().find("status 127 after"),
            std::string::npos)
      << run("/proc/self/maps");
}

}  // namespace
}  // namespace cowbench
