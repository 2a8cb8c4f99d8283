// Has the kernel move pages while they are read.
#include "lib/probe/migrations.h"

#include <fcntl.h>
#include <unistd.h>

#include "gtest/gtest.h"

namespace cowbench::probe {
namespace {

// Has pages moved together (Documentation/admin-guide/sysctl/vm.rst). Returns
// whether some were: only root can ask for it.
bool Compact() {
  const KernelActions before = ReadKernelActions();
  const int file = open("/proc/sys/vm/compact_memory", O_WRONLY | O_CLOEXEC);
  static_cast<void>(!write(file, "1", 1));
  close(file);
  return ReadKernelActions() != before;
}

class MigrationsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!Compact()) {
      GTEST_SKIP() << "SKIPPED: cannot make the kernel move pages";
    }
  }
};

TEST_F(MigrationsTest, ReadsAgain) {
  int reads = 0;
  int disturbed = 0;
  KernelActions actions;
  const absl::Status status = ReadUndisturbed(
      [&] {
        disturbed += ++reads == 1 && Compact() ? 1 : 0;
        return absl::OkStatus();
      },
      &actions);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_GT(reads, disturbed);
}

TEST_F(MigrationsTest, ReadsAgainWhatWasMovedSinceTheLastTime) {
  int reads = 0;
  KernelActions actions;
  const auto read = [&] {
    ++reads;
    return absl::OkStatus();
  };
  EXPECT_TRUE(ReadUndisturbed(read, &actions).ok());
  const int expected = Compact() ? 2 : 1;
  reads = 0;
  EXPECT_TRUE(ReadUndisturbed(read, &actions).ok());
  EXPECT_GE(reads, expected);
}

TEST_F(MigrationsTest, GivesUpWithActionsThatDoNotComeAgain) {
  bool is_disturbed = false;
  KernelActions actions;
  EXPECT_TRUE(ReadUndisturbed(
                  [&] {
                    usleep(10'000);
                    is_disturbed = Compact();
                    return absl::OkStatus();
                  },
                  &actions)
                  .ok());
  EXPECT_EQ(actions != ReadKernelActions(), is_disturbed);
}

TEST(ReadUndisturbedTest, ReturnsTheErrorOfARead) {
  KernelActions actions;
  const absl::Status status =
      ReadUndisturbed([] { return absl::InternalError("no"); }, &actions);
  EXPECT_EQ(status.message(), "no");
}

}  // namespace
}  // namespace cowbench::probe
