#include "lib/suite/flags.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace cowbench {
namespace {

using Strings = std::vector<std::string>;

class FlagsTest : public testing::Test {
 protected:
  // How many arguments were read, or what was wrong with the first.
  std::string Read(Strings arguments) {
    std::vector<char*> pointers;
    for (std::string& argument : arguments) {
      pointers.push_back(argument.data());
    }
    const absl::StatusOr<int> read = flags_.Read(pointers);
    return read.ok() ? std::to_string(*read)
                     : std::string(read.status().message());
  }

  Flags flags_ = Flags(
      {{"size", "1KiB", "How much."}, {"list", "", "Whether to list.", true}});
};

TEST_F(FlagsTest, AFlagThatIsNotGivenHasNoValue) {
  EXPECT_EQ(flags_.Get("size"), std::nullopt);
  EXPECT_EQ(Read({"--size="}), "1");
  EXPECT_EQ(flags_.Get("size"), "");
  EXPECT_FALSE(flags_.IsOn("list"));
}

TEST_F(FlagsTest, ReadsEachWayToGiveAValue) {
  EXPECT_EQ(Read({"--size=1=2", "--list"}), "1");
  EXPECT_EQ(Read({"--size", "3", "--list"}), "2");
  EXPECT_EQ(flags_.Get("size"), "3");
  EXPECT_EQ(flags_.GetAll("size"), (Strings{"1=2", "3"}));
  EXPECT_EQ(Read({"--list", "false"}), "1");
  EXPECT_TRUE(flags_.IsOn("list"));
  EXPECT_EQ(Read({"--list=Yes"}), "1");
  EXPECT_TRUE(flags_.IsOn("list"));
  EXPECT_EQ(Read({"--list=1"}), "1");
  EXPECT_TRUE(flags_.IsOn("list"));
  EXPECT_EQ(Read({"--list=0"}), "1");
  EXPECT_FALSE(flags_.IsOn("list"));
  EXPECT_EQ(Read({"--list=false"}), "1");
  EXPECT_FALSE(flags_.IsOn("list"));
}

TEST_F(FlagsTest, SaysWhatIsWrong) {
  EXPECT_EQ(Read({"--size"}), "--size: a value is missing");
  EXPECT_EQ(Read({"--size", "--list"}), "--size: a value is missing");
  EXPECT_EQ(
      Read({"--list=maybe"}),
      "--list: 'maybe' is not one of: true, yes, on, 1, false, no, off, 0");
  for (const char* argument : {"--sizes=1", "size", "-size", "--nolist", ""}) {
    EXPECT_EQ(Read({argument}),
              "'" + std::string(argument) +
                  "': there is no such flag; --help shows all flags");
  }
}

TEST_F(FlagsTest, HelpHasTheListsOrder) {
  EXPECT_EQ(flags_.Help(),
            "  --size=1KiB\n      How much.\n"
            "  --list\n      Whether to list.\n");
}

}  // namespace
}  // namespace cowbench
