// The probe finds one copied page in 8 GiB, and needs no more than one bit of
// memory for each page.
#include <sys/mman.h>

#include <cstddef>

#include "gtest/gtest.h"
#include "lib/base/small_file.h"
#include "lib/fork/fork_runner.h"
#include "lib/probe/mappings.h"
#include "lib/probe/shared_memory.h"

namespace cowbench {
namespace {

constexpr size_t kBytes = size_t{8} << 30;

// A field of `path` that the kernel gives in KiB.
size_t BytesIn(const char* path, const char* field) {
  char room[4096];
  const auto text = ReadSmallFile(path, room);
  return NumberOf(text.value_or(""), field).value_or(0) << 10;
}

TEST(LargeDataTest, OnePageIn8GiB) {
  const size_t available = BytesIn("/proc/meminfo", "MemAvailable");
  if (available < kBytes + kBytes / 8) {
    GTEST_SKIP() << "SKIPPED: 9 GiB of memory needed, " << (available >> 20)
                 << " MiB available";
  }
  auto* const data =
      static_cast<volatile char*>(mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(data, MAP_FAILED);
  for (size_t i = 0; i < kBytes; i += probe::PageSize()) data[i] = 1;
  ForkRunner runner = *ForkRunner::Create();
  const auto counted = runner.Run({}, [&] { data[kBytes / 3 * 2] = 2; });
  ASSERT_TRUE(counted.ok()) << counted.status();
  EXPECT_EQ(counted->samples[0].pages->copied, 1u);
  EXPECT_EQ(counted->samples[0].minor_faults, 1);
  const probe::SharedMemory shared = *probe::SharedMemory::Map(sizeof(size_t));
  const auto result = runner.Run({}, [&] {
    *shared.as<size_t>() = BytesIn("/proc/self/status", "RssShmem");
  });
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_GT(*shared.as<size_t>(), 0u);
  EXPECT_LE(*shared.as<size_t>(), kBytes / probe::PageSize() / 8);
  munmap(const_cast<char*>(data), kBytes);
}

}  // namespace
}  // namespace cowbench
