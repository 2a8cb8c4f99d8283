#include "lib/probe/lru_batches.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

#include "gtest/gtest.h"
#include "lib/probe/mappings.h"

namespace cowbench::probe {
namespace {

constexpr size_t kPages = 5;  // fewer than a batch has
constexpr uint64_t kFrameMask = (uint64_t{1} << 55) - 1;

uint64_t ReadNumber(const char* path, uint64_t index) {
  uint64_t number = 0;
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (pread(file, &number, sizeof(number),
            static_cast<off_t>(index * sizeof(number))) != sizeof(number)) {
    number = 0;
  }
  close(file);
  return number;
}

// How many of these pages are on an LRU list: /proc/kpageflags, which needs
// root (Documentation/admin-guide/mm/pagemap.rst).
size_t PagesOnLists(const volatile char* pages) {
  constexpr uint64_t kLru = uint64_t{1} << 5;
  size_t count = 0;
  for (size_t i = 0; i < kPages; ++i) {
    const auto page = reinterpret_cast<uintptr_t>(pages) / PageSize() + i;
    const uint64_t frame = ReadNumber("/proc/self/pagemap", page) & kFrameMask;
    count += (ReadNumber("/proc/kpageflags", frame) & kLru) != 0 ? 1 : 0;
  }
  return count;
}

TEST(LruBatchesTest, PagesThatWereJustMadeAreOnTheListsAfterwards) {
  int here = 1;
  const uint64_t frame =
      kFrameMask & ReadNumber("/proc/self/pagemap",
                              reinterpret_cast<uintptr_t>(&here) / PageSize());
  if (frame == 0 || ReadNumber("/proc/kpageflags", frame) == 0) {
    GTEST_SKIP() << "SKIPPED: /proc/kpageflags cannot be read";
  }
  size_t in_batches = 0;
  for (int attempt = 0; attempt < 50; ++attempt) {
    auto* const pages = static_cast<volatile char*>(
        mmap(nullptr, kPages * PageSize(), PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    for (size_t i = 0; i < kPages; ++i) {
      pages[i * PageSize()] = 1;
    }
    in_batches += kPages - PagesOnLists(pages);
    DrainLruBatches();
    EXPECT_EQ(PagesOnLists(pages), kPages);
    munmap(const_cast<char*>(pages), kPages * PageSize());
  }
  EXPECT_GT(in_batches, 0u);
}

TEST(LruBatchesTest, TheThreadMayRunWhereItMightBefore) {
  cpu_set_t before;
  cpu_set_t after;
  sched_getaffinity(0, sizeof(before), &before);
  DrainLruBatches();
  sched_getaffinity(0, sizeof(after), &after);
  EXPECT_TRUE(CPU_EQUAL(&before, &after));
}

}  // namespace
}  // namespace cowbench::probe
