#include "lib/suite/allocators.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace cowbench {
namespace {

using Strings = std::vector<std::string>;

class VariantTest : public testing::Test {
 protected:
  std::string ErrorOf(const std::string& text) const {
    return std::string(MakeVariant(text, known_).status().message());
  }

  std::vector<Allocator> known_ = {
      {.name = "glibc", .malloc_library = "libc.so", .subject = "/s/glibc"},
      {.name = "jemalloc",
       .malloc_library = "libjemalloc.so",
       .environment = {"A=1", "MALLOC_CONF=dirty_decay_ms:-1"},
       .subject = "/s/jemalloc"}};
};

TEST_F(VariantTest, ReplacesSettingsAndKeepsTheOthers) {
  const auto variant = MakeVariant(
      "j_2.0=jemalloc,MALLOC_CONF=dirty_decay_ms:0,narenas:1,B=x=y", known_);
  ASSERT_TRUE(variant.ok()) << variant.status();
  EXPECT_EQ(variant->name, "j_2.0");
  EXPECT_EQ(variant->subject, "/s/jemalloc");
  EXPECT_EQ(variant->malloc_library, "libjemalloc.so");
  EXPECT_EQ(
      variant->environment,
      (Strings{"A=1", "MALLOC_CONF=dirty_decay_ms:0,narenas:1", "B=x=y"}));
  EXPECT_EQ(variant->base, "jemalloc");
}

TEST_F(VariantTest, TheLibraryPreloadedMustDefineMalloc) {
  // Any file of the format will do here.
  const auto variant =
      MakeVariant("own=glibc,preload=/proc/self/../self/exe", known_);
  ASSERT_TRUE(variant.ok()) << variant.status();
  EXPECT_EQ(variant->malloc_library, "/proc/self/../self/exe");
  EXPECT_EQ(variant->environment,
            (Strings{"LD_PRELOAD=/proc/self/../self/exe"}));
  // The last one counts.
  known_.push_back(*variant);
  const auto other = MakeVariant("other=own,preload=/proc/self/exe", known_);
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(other->environment, (Strings{"LD_PRELOAD=/proc/self/exe"}));
}

TEST_F(VariantTest, SaysWhatIsWrong) {
  const std::string form =
      " is not NAME=BASE[,preload=FILE][,ENV=VALUE...] with a name of a-z, 0-9 "
      "and _.+-, a letter or digit first, _settings not last";
  EXPECT_EQ(ErrorOf(""), "''" + form);
  EXPECT_EQ(ErrorOf("own"), "'own'" + form);
  EXPECT_EQ(ErrorOf("=glibc"), "'=glibc'" + form);
  EXPECT_EQ(ErrorOf("a/b=glibc"), "'a/b=glibc'" + form);
  EXPECT_EQ(ErrorOf("x_settings=glibc"), "'x_settings=glibc'" + form);
  EXPECT_EQ(ErrorOf("glibc=jemalloc"),
            "'glibc' is the name of another allocator");
  EXPECT_EQ(ErrorOf("own=malloc"), "'malloc' is not one of: glibc, jemalloc");
  EXPECT_EQ(ErrorOf("-own=glibc"), "'-own=glibc'" + form);
  EXPECT_EQ(ErrorOf("own=glibc,narenas:1"), "'narenas:1' is not ENV=VALUE");
  EXPECT_EQ(ErrorOf("own=glibc,"), "'' is not ENV=VALUE");
  EXPECT_EQ(ErrorOf("own=glibc,LD_PRELOAD=/lib.so"),
            "'LD_PRELOAD=/lib.so' must be given as preload=FILE");
  EXPECT_EQ(ErrorOf("own=glibc,preload=/dev/null"),
            "'/dev/null' to preload: not a shared library");
  EXPECT_EQ(ErrorOf("own=glibc,preload=/tmp"),
            "'/tmp' to preload: not a shared library");
  EXPECT_EQ(ErrorOf("own=glibc,preload=/none.so"),
            "'/none.so' to preload: No such file or directory");
  EXPECT_EQ(ErrorOf("own=glibc,preload="),
            "'' to preload: No such file or directory");
}

}  // namespace
}  // namespace cowbench
