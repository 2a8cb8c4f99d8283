#include "lib/base/available_memory.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace cowbench {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

// Writes a /proc and a /sys for the test.
class AvailableMemoryTest : public testing::Test {
 protected:
  AvailableMemoryTest() { std::filesystem::remove_all(root_); }

  void Write(const std::string& path, const std::string& text) {
    const std::filesystem::path full = root_ + path;
    std::filesystem::create_directories(full.parent_path());
    std::ofstream(full) << text;
  }

  void WriteMeminfo() {
    Write("/proc/meminfo",
          "MemTotal:       4096000 kB\nMemFree:         100 kB\n"
          "MemAvailable:   1048576 kB\nHugePages_Total:   0\n");
  }

  const std::string root_ = testing::TempDir() + "/root";
};

TEST_F(AvailableMemoryTest, IsWhatTheKernelSays) {
  WriteMeminfo();
  EXPECT_EQ(AvailableMemory(root_), 1024 * kMiB);
}

TEST_F(AvailableMemoryTest, IsLessBelowTheLimitOfACgroup) {
  WriteMeminfo();
  Write("/proc/self/cgroup", "0::/outer/inner\n");
  Write("/sys/fs/cgroup/outer/inner/memory.max", "max\n");
  Write("/sys/fs/cgroup/outer/inner/memory.current", "1\n");
  EXPECT_EQ(AvailableMemory(root_), 1024 * kMiB);
  Write("/sys/fs/cgroup/outer/memory.max", std::to_string(300 * kMiB));
  Write("/sys/fs/cgroup/outer/memory.current", std::to_string(100 * kMiB));
  EXPECT_EQ(AvailableMemory(root_), 200 * kMiB);
  Write("/sys/fs/cgroup/outer/memory.stat",
        "anon 1\ninactive_file " + std::to_string(20 * kMiB) +
            "\nactive_file " + std::to_string(10 * kMiB) + "\n");
  EXPECT_EQ(AvailableMemory(root_), 230 * kMiB);
}

TEST_F(AvailableMemoryTest, KnowsTheFirstVersionOfCgroups) {
  WriteMeminfo();
  Write("/proc/self/cgroup", "5:cpu:/x\n4:memory:/group\n0::/\n");
  const std::string group = "/sys/fs/cgroup/memory/group/";
  Write(group + "memory.limit_in_bytes", std::to_string(64 * kMiB));
  Write(group + "memory.usage_in_bytes", std::to_string(65 * kMiB));
  EXPECT_EQ(AvailableMemory(root_), 0u);
}

}  // namespace
}  // namespace cowbench
