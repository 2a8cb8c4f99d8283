// When a look at all pages is left out, told by a page that it would have
// seen.
#include "lib/fork/begin_snapshot.h"

#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

#include "gtest/gtest.h"
#include "lib/probe/mappings.h"
#include "lib/probe/settle.h"
#include "lib/probe/shared_memory.h"

namespace cowbench::internal {
namespace {

class BeginSnapshotTest : public testing::Test {
 protected:
  static constexpr size_t kPages = 100;

  struct Seen {
    absl::StatusCode code;
    uint64_t shared_pages;
    uint64_t private_pages;
  };

  BeginSnapshotTest()
      : data_(static_cast<volatile char*>(
            mmap(nullptr, kPages * probe::PageSize(), PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    for (size_t i = 0; i < kPages / 2; ++i) Write(i);
    struct sysinfo system;
    sysinfo(&system);
    swap_is_empty_ = system.totalswap == system.freeswap;
  }
  ~BeginSnapshotTest() override {
    munmap(const_cast<char*>(data_), kPages * probe::PageSize());
  }

  void Write(size_t page) { data_[page * probe::PageSize()] = 1; }

  // What a child refreshes the snapshot to, after it has written to a page.
  Seen Refresh(const BeforeWindow& before, size_t page, bool verify = false) {
    auto* const seen = seen_memory_.as<Seen>();
    const pid_t pid = fork();
    if (pid == 0) {
      seen_memory_.Touch();
      usleep(1000);  // until the parent waits
      if (!probe::Settle().ok()) _exit(1);
      Write(page);
      auto* const snapshot = memory_.as<BeginSnapshot>();
      seen->code = snapshot->Refresh(before, verify).code();
      seen->shared_pages = snapshot->snapshot().counts().shared_pages;
      seen->private_pages = snapshot->snapshot().counts().private_pages;
      _exit(0);
    }
    int status = 1;
    waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
    return *seen;
  }

  // What a full look sees.
  Seen Look(size_t page) {
    BeforeWindow other = before_;
    other.generation = ++unused_;
    return Refresh(other, page);
  }

  const BeforeWindow before_ = {.generation = 1,
                                .collapsed_pages = 2,
                                .own_faults = 3,
                                .parent_faults = 4};
  volatile char* data_;
  bool swap_is_empty_;
  uint64_t unused_ = 100;
  probe::SharedMemory seen_memory_ = *probe::SharedMemory::Map(sizeof(Seen));
  probe::SharedMemory memory_ =
      *probe::SharedMemory::Map(sizeof(BeginSnapshot));
};

TEST_F(BeginSnapshotTest, InfersWhatTwoLooksAgreedOn) {
  Look(0);  // what is touched for the first time
  Refresh(before_, 0);
  const Seen second = Refresh(before_, 0);
  Write(kPages - 1);  // one page more in the parent, and nobody says so
  const Seen third = Refresh(before_, 0);
  EXPECT_EQ(third.shared_pages, second.shared_pages + (swap_is_empty_ ? 0 : 1));
  EXPECT_EQ(Look(0).shared_pages, second.shared_pages + 1);
}

TEST_F(BeginSnapshotTest, OneLookIsNotEnough) {
  Look(0);
  const Seen first = Refresh(before_, 0);
  Write(kPages - 1);
  EXPECT_EQ(Refresh(before_, 0).shared_pages, first.shared_pages + 1);
}

TEST_F(BeginSnapshotTest, LooksWhenAnythingThatItRestsOnDiffers) {
  BeforeWindow generation = before_;
  ++generation.generation;
  BeforeWindow collapsed = before_;
  ++collapsed.collapsed_pages;
  BeforeWindow own_faults = before_;
  ++own_faults.own_faults;
  BeforeWindow parent_faults = before_;
  ++parent_faults.parent_faults;
  size_t absent = kPages / 2;
  Look(0);
  for (const BeforeWindow& other :
       {generation, collapsed, own_faults, parent_faults}) {
    Refresh(before_, 0);
    Refresh(before_, 0);
    const Seen agreed = Refresh(before_, 0);
    Write(absent++);
    EXPECT_EQ(Refresh(other, 0).shared_pages, agreed.shared_pages + 1);
  }
}

TEST_F(BeginSnapshotTest, LooksWhenAnotherPageIsPrivate) {
  Look(0);
  Refresh(before_, 0);
  const Seen agreed = Refresh(before_, 0);
  Write(kPages - 1);
  // As many faults, but page 0 is shared this time, and page 1 is not.
  const Seen other = Refresh(before_, 1);
  EXPECT_EQ(other.private_pages, agreed.private_pages);
  EXPECT_EQ(other.shared_pages, agreed.shared_pages + 1);
}

TEST_F(BeginSnapshotTest, VerifyFindsWhatWasInferredWrongly) {
  if (!swap_is_empty_) GTEST_SKIP() << "SKIPPED: memory is swapped out";
  Look(0);
  Refresh(before_, 0);
  Refresh(before_, 0);
  EXPECT_EQ(Refresh(before_, 0, true).code, absl::StatusCode::kOk);
  Write(kPages - 1);
  EXPECT_EQ(Refresh(before_, 0, true).code, absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace cowbench::internal
