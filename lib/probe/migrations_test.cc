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
  const uint64_t before = MigrationCount();
  const int file = open("/proc/sys/vm/compact_memory", O_WRONLY | O_CLOEXEC);
  static_cast<void>(!write(file, "1", 1));
  close(file);
  return MigrationCount() != before;
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
  uint64_t count = 0;
  const absl::Status status = ReadUndisturbed(
      [&] {
        disturbed += ++reads == 1 && Compact() ? 1 : 0;
        return absl::OkStatus();
      },
      &count);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_GT(reads, disturbed);
}

TEST_F(MigrationsTest, ReadsAgainWhatWasMovedSinceTheLastTime) {
  int reads = 0;
  uint64_t count = 0;
  const auto read = [&] {
    ++reads;
    return absl::OkStatus();
  };
  EXPECT_TRUE(ReadUndisturbed(read, &count).ok());
  const int expected = Compact() ? 2 : 1;
  reads = 0;
  EXPECT_TRUE(ReadUndisturbed(read, &count).ok());
  EXPECT_GE(reads, expected);
}

TEST_F(MigrationsTest, GivesUpWithACountThatDoesNotComeAgain) {
  bool is_disturbed = false;
  uint64_t count = 0;
  EXPECT_TRUE(ReadUndisturbed(
                  [&] {
                    usleep(10'000);
                    is_disturbed = Compact();
                    return absl::OkStatus();
                  },
                  &count)
                  .ok());
  EXPECT_EQ(count != MigrationCount(), is_disturbed);
}

TEST(ReadUndisturbedTest, ReturnsTheErrorOfARead) {
  uint64_t count = 0;
  const absl::Status status =
      ReadUndisturbed([] { return absl::InternalError("no"); }, &count);
  EXPECT_EQ(status.message(), "no");
}

}  // namespace
}  // namespace cowbench::probe
