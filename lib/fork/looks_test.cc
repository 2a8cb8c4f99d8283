// When a look at all pages is left out, told by a page that it would have
// seen.
#include "lib/fork/looks.h"

#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "gtest/gtest.h"
#include "lib/probe/mappings.h"
#include "lib/probe/settle.h"
#include "lib/probe/shared_memory.h"

namespace cowbench::internal {
namespace {

// Of kPages pages, the first half is present when a child is forked.
class LooksTest : public testing::Test {
 protected:
  static constexpr size_t kPages = 100;
  static constexpr size_t kAbsentPage = kPages / 2;

  struct Seen {
    absl::StatusCode before;
    uint64_t shared_pages;
    uint64_t private_pages;
    absl::StatusCode after;
    uint64_t copied_pages;
    uint64_t fresh_pages;
  };
  struct Board {
    std::atomic<bool> parent_is_quiet;
    Seen seen;
  };

  LooksTest()
      : data_(static_cast<volatile char*>(
            mmap(nullptr, kPages * probe::PageSize(), PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    for (size_t i = 0; i < kPages / 2; ++i) Write(i);
    struct sysinfo system;
    sysinfo(&system);
    swap_is_empty_ = system.totalswap == system.freeswap;
  }
  ~LooksTest() override {
    munmap(const_cast<char*>(data_), kPages * probe::PageSize());
  }

  void Write(size_t page) { data_[page * probe::PageSize()] = 1; }

  // Looks in a child that writes to one page before its window, and to others
  // in it.
  Seen Look(const BeforeWindow& before, size_t page,
            std::initializer_list<size_t> window = {},
            const ForkOptions& options = {}) {
    auto* const board = new (board_.as<Board>()) Board{};
    const pid_t pid = fork();
    if (pid == 0) {
      board_.Touch();
      while (!board->parent_is_quiet) usleep(100);
      if (!probe::Settle().ok()) _exit(1);
      Write(page);
      LookInChild(before, window, options, &board->seen);
      _exit(0);
    }
    int status = 1;
    probe::SettleStack();
    board->parent_is_quiet = true;
    waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
    return board->seen;
  }

  // Not inlined, so that its frame lies on the stack that Settle() touched.
  [[gnu::noinline]] void LookInChild(const BeforeWindow& before,
                                     std::initializer_list<size_t> window,
                                     const ForkOptions& options, Seen* seen) {
    auto* const looks = memory_.as<Looks>();
    seen->before = looks->Before(options, before).code();
    seen->shared_pages = looks->snapshot().counts().shared_pages;
    seen->private_pages = looks->snapshot().counts().private_pages;
    const probe::Faults begin = probe::FaultsSoFar();
    for (const size_t written : window) Write(written);
    const probe::Faults end = probe::FaultsSoFar();
    const absl::StatusOr<probe::PageChanges> changes = looks->After(
        options,
        {.minor = end.minor - begin.minor, .major = end.major - begin.major});
    seen->after = changes.status().code();
    if (changes.ok()) {
      seen->copied_pages = changes->copied_pages;
      seen->fresh_pages = changes->fresh_pages;
    }
  }

  // What a full look sees.
  Seen FullLook(size_t page) {
    BeforeWindow other = before_;
    other.generation = ++unused_;
    return Look(other, page);
  }

  const BeforeWindow before_ = {.generation = 1,
                                .pattern = 5,
                                .collapsed_pages = 2,
                                .own_faults = 3,
                                .parent_faults = 4};
  volatile char* data_;
  bool swap_is_empty_;
  uint64_t unused_ = 100;
  probe::SharedMemory board_ = *probe::SharedMemory::Map(sizeof(Board));
  probe::SharedMemory memory_ = *probe::SharedMemory::Map(sizeof(Looks));
};

using LooksBeforeTest = LooksTest;

TEST_F(LooksBeforeTest, InfersWhatTwoLooksAgreedOn) {
  FullLook(0);  // what is touched for the first time
  Look(before_, 0);
  const Seen second = Look(before_, 0);
  Write(kPages - 1);  // one page more in the parent, and nobody says so
  const Seen third = Look(before_, 0);
  EXPECT_EQ(third.shared_pages, second.shared_pages + (swap_is_empty_ ? 0 : 1));
  EXPECT_EQ(FullLook(0).shared_pages, second.shared_pages + 1);
}

TEST_F(LooksBeforeTest, OneLookIsNotEnough) {
  FullLook(0);
  const Seen first = Look(before_, 0);
  Write(kPages - 1);
  EXPECT_EQ(Look(before_, 0).shared_pages, first.shared_pages + 1);
}

TEST_F(LooksBeforeTest, LooksWhenAnythingThatItRestsOnDiffers) {
  BeforeWindow generation = before_;
  ++generation.generation;
  BeforeWindow collapsed = before_;
  ++collapsed.collapsed_pages;
  BeforeWindow own_faults = before_;
  ++own_faults.own_faults;
  BeforeWindow parent_faults = before_;
  ++parent_faults.parent_faults;
  size_t absent = kAbsentPage;
  FullLook(0);
  for (const BeforeWindow& other :
       {generation, collapsed, own_faults, parent_faults}) {
    Look(before_, 0);
    Look(before_, 0);
    const Seen agreed = Look(before_, 0);
    Write(absent++);
    EXPECT_EQ(Look(other, 0).shared_pages, agreed.shared_pages + 1);
  }
}

TEST_F(LooksBeforeTest, LooksWhenAnotherPageIsPrivate) {
  FullLook(0);
  Look(before_, 0);
  const Seen agreed = Look(before_, 0);
  Write(kPages - 1);
  // As many faults, but page 0 is shared this time, and page 1 is not.
  const Seen other = Look(before_, 1);
  EXPECT_EQ(other.private_pages, agreed.private_pages);
  EXPECT_EQ(other.shared_pages, agreed.shared_pages + 1);
}

TEST_F(LooksBeforeTest, VerifyFindsWhatWasInferredWrongly) {
  if (!swap_is_empty_) GTEST_SKIP() << "SKIPPED: memory is swapped out";
  FullLook(0);
  Look(before_, 0);
  Look(before_, 0);
  const ForkOptions verify = {.verify = true};
  EXPECT_EQ(Look(before_, 0, {}, verify).before, absl::StatusCode::kOk);
  Write(kPages - 1);
  EXPECT_EQ(Look(before_, 0, {}, verify).before, absl::StatusCode::kDataLoss);
}

// Windows that write to two present pages; later ones write elsewhere, and
// nobody says so.
using LooksAfterTest = LooksTest;

TEST_F(LooksAfterTest, InfersWhatTwoWindowsAgreedOn) {
  FullLook(0);
  Look(before_, 0, {1, 2});
  Look(before_, 0, {1, 2});
  const Seen inferred = Look(before_, 0, {1, kAbsentPage});
  EXPECT_EQ(inferred.copied_pages, swap_is_empty_ ? 2u : 1u);
  EXPECT_EQ(inferred.fresh_pages, swap_is_empty_ ? 0u : 1u);
}

TEST_F(LooksAfterTest, OneWindowIsNotEnough) {
  FullLook(0);
  Look(before_, 0, {1, 2});
  const Seen seen = Look(before_, 0, {1, kAbsentPage});
  EXPECT_EQ(seen.copied_pages, 1u);
  EXPECT_EQ(seen.fresh_pages, 1u);
}

TEST_F(LooksAfterTest, WindowsMustAgreeInARow) {
  FullLook(0);
  Look(before_, 0, {1, 2});
  Look(before_, 0, {1, kAbsentPage});
  EXPECT_EQ(Look(before_, 0, {1, 2}).copied_pages, 2u);
  EXPECT_EQ(Look(before_, 0, {1, kAbsentPage}).copied_pages, 1u);
}

TEST_F(LooksAfterTest, LooksWhenThereWereOtherFaults) {
  FullLook(0);
  Look(before_, 0, {1, 2});
  Look(before_, 0, {1, 2});
  EXPECT_EQ(Look(before_, 0, {1, 2, 3}).copied_pages, 3u);
  Look(before_, 0, {1, 2});
  Look(before_, 0, {1, 2});
  EXPECT_EQ(Look(before_, 0, {1}).copied_pages, 1u);
}

TEST_F(LooksAfterTest, LooksWhenThePatternIsAnother) {
  FullLook(0);
  Look(before_, 0, {1, 2});
  Look(before_, 0, {1, 2});
  BeforeWindow other = before_;
  ++other.pattern;
  EXPECT_EQ(Look(other, 0, {1, kAbsentPage}).copied_pages, 1u);
}

TEST_F(LooksAfterTest, LooksWhenItBeganFromAnotherState) {
  FullLook(0);
  Look(before_, 0, {1, 2});
  Look(before_, 0, {1, 2});
  // Page 0 is shared this time, and page 1 is not.
  EXPECT_EQ(Look(before_, 1, {2, kAbsentPage}).copied_pages, 1u);
  BeforeWindow generation = before_;
  ++generation.generation;
  Look(before_, 0, {1, 2});
  Look(before_, 0, {1, 2});
  EXPECT_EQ(Look(generation, 0, {1, kAbsentPage}).copied_pages, 1u);
}

TEST_F(LooksAfterTest, VerifyFindsWhatWasInferredWrongly) {
  if (!swap_is_empty_) GTEST_SKIP() << "SKIPPED: memory is swapped out";
  FullLook(0);
  Look(before_, 0, {1, 2});
  Look(before_, 0, {1, 2});
  const ForkOptions verify = {.verify = true};
  EXPECT_EQ(Look(before_, 0, {1, 2}, verify).after, absl::StatusCode::kOk);
  EXPECT_EQ(Look(before_, 0, {1, kAbsentPage}, verify).after,
            absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace cowbench::internal
