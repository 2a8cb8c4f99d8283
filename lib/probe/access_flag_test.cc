#include "lib/probe/access_flag.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "gtest/gtest.h"
#include "lib/probe/faults.h"
#include "lib/probe/mappings.h"

namespace cowbench::probe {
namespace {

TEST(AccessFlagTest, SaysWhetherAChildsFirstReadOfAPageFaults) {
  constexpr int64_t kPages = 100;
  const size_t bytes = kPages * PageSize();
  void* const mapping = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(mapping, MAP_FAILED);
  madvise(mapping, bytes, MADV_NOHUGEPAGE);
  auto* const pages = static_cast<volatile char*>(mapping);
  for (size_t i = 0; i < bytes; i += PageSize()) pages[i] = 1;
  const pid_t child = fork();
  if (child == 0) {
    Faults before;
    Faults after;
    ReadFaults(&before);
    for (size_t i = 0; i < bytes; i += PageSize()) {
      if (pages[i] != 1) abort();
    }
    ReadFaults(&after);
    // Some faults are those of the code itself.
    _exit(after.minor - before.minor >= kPages ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), FirstAccessFaults() ? 1 : 0);
  munmap(mapping, bytes);
}

TEST(AccessFlagTest, IsTheSameEachTime) {
  const bool first = FirstAccessFaults();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(FirstAccessFaults(), first);
}

}  // namespace
}  // namespace cowbench::probe
