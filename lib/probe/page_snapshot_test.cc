// The probe against ground truth: children write exactly the pages that the
// test chooses. The kernel's own counters of the same window must agree, too.
#include "lib/probe/page_snapshot.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "absl/functional/function_ref.h"
#include "gtest/gtest.h"
#include "lib/probe/access_flag.h"
#include "lib/probe/faults.h"
#include "lib/probe/mappings.h"
#include "lib/probe/oracle.h"
#include "lib/probe/settle.h"
#include "lib/probe/shared_memory.h"

namespace cowbench::probe {
namespace {

// An anonymous private mapping, every page written once.
class Pages {
 public:
  explicit Pages(size_t count)
      : count_(count),
        data_(static_cast<char*>(mmap(nullptr, count * PageSize(),
                                      PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    memset(data_, 1, count * PageSize());
  }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  ~Pages() { munmap(data_, count_ * PageSize()); }

  size_t count() const { return count_; }
  volatile char& operator[](size_t page) { return data_[page * PageSize()]; }
  char* data() { return data_; }

 private:
  size_t count_;
  char* data_;
};

void Read(const volatile char& byte) {
  [[maybe_unused]] const char value = byte;
}

// Forks, runs `in_parent`, and then runs `body` in the child. Before that, both
// processes settle, and the child touches `memory`. Waits until the child ends.
void InSettledChild(
    const SharedMemory& memory, absl::FunctionRef<void()> body,
    absl::FunctionRef<void()> in_parent = [] {}) {
  SharedMemory go_memory = *SharedMemory::Map(PageSize());
  auto* const go = go_memory.as<std::atomic<bool>>();
  const pid_t child = fork();
  if (child == 0) {
    while (!go->load()) usleep(100);
    memory.Touch();
    if (!Settle().ok()) _exit(1);
    body();
    _exit(0);
  }
  int status = 0;
  in_parent();
  EXPECT_TRUE(Settle().ok());
  EXPECT_EQ(waitpid(child, &status, WNOHANG), 0);
  go->store(true);
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

struct Seen {
  bool ok;
  PageCounts before;
  PageChanges changes;
  int64_t minor_faults;
};

// What a child counts that runs `window` between Take() and Compare().
Seen SeenByChild(absl::FunctionRef<void()> window) {
  SharedMemory memory = *SharedMemory::Map(sizeof(Seen));
  SharedMemory snapshot_memory = *SharedMemory::Map(sizeof(PageSnapshot));
  Seen* const seen = memory.as<Seen>();
  auto* const before = snapshot_memory.as<PageSnapshot>();
  InSettledChild(memory, [&] {
    const auto taken = before->Take();
    Faults faults_before, faults_after;
    bool ok = ReadFaults(&faults_before);
    window();
    ok = ReadFaults(&faults_after) && ok;
    seen->minor_faults = faults_after.minor - faults_before.minor;
    auto changes = before->Compare();
    seen->ok = ok && taken.ok() && changes.ok();
    seen->before = before->counts();
    seen->changes = *changes;
  });
  EXPECT_TRUE(seen->ok);
  return *seen;
}

class EveryNthPage : public testing::TestWithParam<size_t> {};

TEST_P(EveryNthPage, IsCopiedWhenWrittenAndNoOther) {
  Pages pages(1000);
  const size_t stride = GetParam();
  const Seen seen = SeenByChild([&] {
    for (size_t i = 0; i < pages.count(); i += stride) pages[i] = 2;
  });
  const size_t written = (pages.count() + stride - 1) / stride;
  EXPECT_EQ(seen.changes.copied_pages, written);
  EXPECT_EQ(seen.changes.fresh_pages, 0u);
  EXPECT_EQ(seen.minor_faults, static_cast<int64_t>(written));
}

INSTANTIATE_TEST_SUITE_P(Strides, EveryNthPage,
                         testing::Values(1, 2, 7, 16, 999, 1000));

TEST(PageSnapshotTest, ReadingCopiesNothing) {
  Pages pages(1000);
  const Seen seen = SeenByChild([&] {
    for (size_t i = 0; i < pages.count(); ++i) Read(pages[i]);
  });
  EXPECT_EQ(seen.changes.copied_pages, 0u);
  EXPECT_EQ(seen.minor_faults, FirstAccessFaults() ? 1000 : 0);
  EXPECT_GE(seen.before.shared_pages, pages.count());
  EXPECT_GE(seen.before.anonymous_pages, pages.count());
}

TEST(PageSnapshotTest, NewMemoryIsFreshNotCopied) {
  const Seen seen = SeenByChild([] {
    Pages pages(100);
    static_cast<void>(pages.data());
  });
  EXPECT_EQ(seen.changes.fresh_pages, 0u);  // already unmapped again

  const Seen kept = SeenByChild([] {
    char* data = static_cast<char*>(mmap(nullptr, 100 * PageSize(),
                                         PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    memset(data, 1, 100 * PageSize());
  });
  EXPECT_EQ(kept.changes.fresh_pages, 100u);
  EXPECT_EQ(kept.changes.copied_pages, 0u);
}

TEST(PageSnapshotTest, PagesThatAreGivenBackAreNeitherCopiedNorFresh) {
  Pages pages(100);
  const Seen seen = SeenByChild(
      [&] { madvise(pages.data(), 100 * PageSize(), MADV_DONTNEED); });
  EXPECT_EQ(seen.changes.copied_pages, 0u);
  EXPECT_EQ(seen.changes.fresh_pages, 0u);
}

TEST(PageSnapshotTest, ASharedMappingIsNotCopiedOnWrite) {
  SharedMemory memory = *SharedMemory::Map(100 * PageSize());
  memory.Touch();
  const Seen seen =
      SeenByChild([&] { memset(memory.as<char>(), 1, 100 * PageSize()); });
  EXPECT_EQ(seen.changes.copied_pages, 0u);
  EXPECT_EQ(seen.changes.fresh_pages, 0u);
}

class FileMappingTest : public testing::Test {
 protected:
  static constexpr size_t kPages = 64;

  FileMappingTest() : file_(tmpfile()) {
    EXPECT_EQ(ftruncate(fileno(file_), static_cast<off_t>(kPages * PageSize())),
              0);
    data_ = static_cast<char*>(mmap(nullptr, kPages * PageSize(),
                                    PROT_READ | PROT_WRITE, MAP_PRIVATE,
                                    fileno(file_), 0));
  }
  ~FileMappingTest() override {
    munmap(data_, kPages * PageSize());
    fclose(file_);
  }

  void ReadAll() {
    for (size_t i = 0; i < kPages; ++i) Read(data_[i * PageSize()]);
  }
  void WriteAll() {
    for (size_t i = 0; i < kPages; ++i) data_[i * PageSize()] = 1;
  }

 private:
  FILE* file_;
  char* data_;
};

// They were not mapped when the window began, so they are fresh, not copied.
TEST_F(FileMappingTest, PagesThatAreReadThenWrittenAreFresh) {
  const Seen seen = SeenByChild([&] {
    ReadAll();
    WriteAll();
  });
  EXPECT_EQ(seen.changes.copied_pages, 0u);
  EXPECT_EQ(seen.changes.fresh_pages, kPages);
}

TEST_F(FileMappingTest, PagesThatAreOnlyReadAreNotFresh) {
  const Seen seen = SeenByChild([&] { ReadAll(); });
  EXPECT_EQ(seen.changes.copied_pages, 0u);
  EXPECT_EQ(seen.changes.fresh_pages, 0u);
}

TEST(PageSnapshotTest, ManyMappingsAndHoles) {
  constexpr size_t kBlocks = 2000;
  Pages pages(2 * kBlocks);
  // Each page that is left is a mapping of its own.
  for (size_t i = 0; i < kBlocks; ++i) {
    munmap(pages.data() + (2 * i + 1) * PageSize(), PageSize());
  }
  const Seen seen = SeenByChild([&] {
    for (size_t i = 0; i < kBlocks; i += 5) pages[2 * i] = 2;
  });
  EXPECT_EQ(seen.changes.copied_pages, kBlocks / 5);
}

TEST(PageSnapshotTest, ASparseTerabyteIsReadQuickly) {
  constexpr size_t kReserved = size_t{1} << 40;
  char* data = static_cast<char*>(
      mmap(nullptr, kReserved, PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  ASSERT_NE(data, MAP_FAILED);
  madvise(data, kReserved, MADV_NOHUGEPAGE);  // a write is one page
  const size_t far_apart = kReserved / 8;
  for (size_t i = 0; i < 8; ++i) data[i * far_apart] = 1;
  const Seen seen = SeenByChild([&] {
    for (size_t i = 0; i < 5; ++i) data[i * far_apart] = 2;
    data[kReserved - 1] = 1;
  });
  EXPECT_EQ(seen.changes.copied_pages, 5u);
  EXPECT_EQ(seen.changes.fresh_pages, 1u);
  munmap(data, kReserved);
}

TEST(CountPagesTest, GrowsByWhatIsAllocated) {
  const PageCounts before = *CountPages();
  Pages pages(1234);
  const PageCounts after = *CountPages();
  EXPECT_EQ(after.anonymous_pages - before.anonymous_pages, 1234u);
  EXPECT_EQ(after.private_pages - before.private_pages, 1234u);
  EXPECT_EQ(after.shared_pages, before.shared_pages);
}

// The parent copies pages after the fork. The originals are then private to the
// child, but still write-protected.
TEST(PageSnapshotTest, TakesTheWriteFaultsOfPrivatePages) {
  struct Counts {
    bool read;
    int64_t faults;
    uint64_t private_pages;
    PageChanges changes;
  };
  SharedMemory memory = *SharedMemory::Map(sizeof(Counts));
  SharedMemory snapshot_memory = *SharedMemory::Map(sizeof(PageSnapshot));
  auto* const counts = memory.as<Counts>();
  auto* const snapshot = snapshot_memory.as<PageSnapshot>();
  Pages pages(100);
  // These pages lie between the others and cannot be written to.
  mprotect(pages.data() + 40 * PageSize(), 10 * PageSize(), PROT_READ);
  InSettledChild(
      memory,
      [&] {
        if (!snapshot->Take().ok()) _exit(1);
        if (!snapshot->TakeWriteFaultsOnPrivatePages().ok()) _exit(1);
        Faults before, after;
        counts->read = ReadFaults(&before);
        for (size_t i = 0; i < 40; ++i) pages[i] = 3;
        for (size_t i = 50; i < 60; ++i) pages[i] = 3;
        counts->read = ReadFaults(&after) && counts->read;
        counts->faults = after.minor - before.minor;
        counts->private_pages = snapshot->counts().private_pages;
        counts->changes = *snapshot->Compare();
      },
      [&] {
        mprotect(pages.data(), 100 * PageSize(), PROT_READ | PROT_WRITE);
        for (size_t i = 0; i < 60; ++i) pages[i] = 2;
      });
  EXPECT_TRUE(counts->read);
  EXPECT_GE(counts->private_pages, 60u);
  EXPECT_EQ(counts->faults, 0);
  EXPECT_EQ(counts->changes.copied_pages, 0u);
}

// Needs root.
TEST(OracleTest, KernelAndFrameNumbersAgree) {
  if (const absl::Status available = OraclesAvailable(); !available.ok()) {
    GTEST_SKIP() << "SKIPPED: " << available.message();
  }
  struct Counts {
    uint64_t kernel, moved, copied;
  };
  SharedMemory memory = *SharedMemory::Map(sizeof(Counts));
  auto* const counts = memory.as<Counts>();
  SharedMemory snapshot_memory = *SharedMemory::Map(sizeof(PageSnapshot));
  auto* const snapshot = snapshot_memory.as<PageSnapshot>();
  Pages pages(10000);
  InSettledChild(memory, [&] {
    if (!KernelCopyCount().ok() || !snapshot->Take().ok()) _exit(1);
    auto frames = FrameSnapshot::Take();
    const uint64_t before = *KernelCopyCount();
    for (size_t i = 0; i < pages.count(); i += 3) pages[i] = 2;
    counts->kernel = *KernelCopyCount() - before;
    counts->moved = frames->Compare()->moved_pages;
    counts->copied = snapshot->Compare()->copied_pages;
  });
  EXPECT_EQ(counts->kernel, 3334u);
  EXPECT_EQ(counts->moved, 3334u);
  EXPECT_EQ(counts->copied, 3334u);
}

}  // namespace
}  // namespace cowbench::probe
