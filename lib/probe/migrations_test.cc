// Has the kernel move pages while they are read.
#include "lib/probe/migrations.h"

#include <fcntl.h>
#include <unistd.h>

#include "gtest/gtest.h"

namespace cowbench::probe {
namespace {

// Moves pages together (Documentation/admin-guide/sysctl/vm.rst), if root asks.
void Compact() {
  const int file = open("/proc/sys/vm/compact_memory", O_WRONLY | O_CLOEXEC);
  static_cast<void>(!write(file, "1", 1));
  close(file);
}

class MigrationsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const uint64_t before = MigrationCount();
    Compact();
    if (MigrationCount() == before) {
      GTEST_SKIP() << "SKIPPED: cannot make the kernel move pages";
    }
  }
};

TEST_F(MigrationsTest, ReadsAgain) {
  int reads = 0;
  uint64_t count = 0;
  const absl::Status status = ReadUndisturbed(
      [&] {
        if (++reads <= 3) {
          Compact();
        }
        return absl::OkStatus();
      },
      &count);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_GE(reads, 4);
}

TEST_F(MigrationsTest, ReadsAgainWhatWasMovedSinceTheLastTime) {
  int reads = 0;
  uint64_t count = 0;
  const auto read = [&] {
    ++reads;
    return absl::OkStatus();
  };
  EXPECT_TRUE(ReadUndisturbed(read, &count).ok());
  Compact();
  reads = 0;
  EXPECT_TRUE(ReadUndisturbed(read, &count).ok());
  EXPECT_GE(reads, 2);
}

TEST_F(MigrationsTest, GivesUp) {
  uint64_t count = 0;
  EXPECT_TRUE(ReadUndisturbed(
                  [] {
                    Compact();
                    return absl::OkStatus();
                  },
                  &count)
                  .ok());
}

TEST(ReadUndisturbedTest, ReturnsTheErrorOfARead) {
  uint64_t count = 0;
  const absl::Status status =
      ReadUndisturbed([] { return absl::InternalError("no"); }, &count);
  EXPECT_EQ(status.message(), "no");
}

}  // namespace
}  // namespace cowbench::probe
