#include "lib/base/small_file.h"

#include <cerrno>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace cowbench {
namespace {

constexpr char kMeminfo[] = "MemTotal:       4096 kB\nMemFree:  17 kB\n";
constexpr char kCpuinfo[] = "model\t\t: 6\nmodel name\t: A CPU \nflags\t\t:\n";
constexpr char kStat[] = "file_mapped 1\nfile 2\n";

TEST(SmallFileTest, ReadsAsMuchAsThereIsRoomFor) {
  const std::string path = testing::TempDir() + "/small";
  std::ofstream(path) << "four";
  char room[8];
  EXPECT_EQ(ReadSmallFile(path.c_str(), room), "four");
  EXPECT_EQ(ReadSmallFile(path.c_str(), {room, 3}), "fou");
  EXPECT_EQ(ReadWholeFile(path), "four");
}

TEST(SmallFileTest, ReadsAFileThatTheKernelReturnsInParts) {
  static char room[1 << 16];
  const auto maps = ReadSmallFile("/proc/self/smaps", room);
  ASSERT_TRUE(maps.has_value());
  EXPECT_GT(maps->size(), 4096u);
}

TEST(SmallFileTest, SaysWhyItCannotBeRead) {
  char room[8];
  EXPECT_FALSE(ReadSmallFile("/no/such/file", room).has_value());
  EXPECT_EQ(errno, ENOENT);
  EXPECT_FALSE(ReadSmallFile("/proc", room).has_value());
  EXPECT_EQ(errno, EISDIR);
  EXPECT_EQ(ReadWholeFile("/no/such/file"), "");
}

TEST(SmallFileTest, FindsFields) {
  EXPECT_EQ(FieldOf(kMeminfo, "MemFree"), "17 kB");
  EXPECT_EQ(FieldOf(kMeminfo, "Mem"), "");
  EXPECT_EQ(FieldOf(kMeminfo, ""), "MemTotal:       4096 kB");
  EXPECT_EQ(FieldOf(kCpuinfo, "model name"), "A CPU");
  EXPECT_EQ(FieldOf(kCpuinfo, "flags"), "");
  EXPECT_EQ(FieldOf(kStat, "file"), "2");
  EXPECT_EQ(FieldOf("no newline", "no"), "newline");
  EXPECT_EQ(FieldOf("", ""), "");
}

TEST(SmallFileTest, FindsNumbers) {
  EXPECT_EQ(NumberOf(kMeminfo, "MemTotal"), 4096u);
  EXPECT_EQ(NumberOf("12\n", ""), 12u);
  EXPECT_EQ(NumberOf("max\n", ""), std::nullopt);
  EXPECT_EQ(NumberOf(kMeminfo, "Swap"), std::nullopt);
}

}  // namespace
}  // namespace cowbench
