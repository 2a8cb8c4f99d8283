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
  EXPECT_TRUE(variant->is_variant);
}

TEST_F(VariantTest, TheLibraryPreloadedMustDefineMalloc) {
  const auto variant = MakeVariant("own=glibc,preload=/dev/null", known_);
  ASSERT_TRUE(variant.ok()) << variant.status();
  EXPECT_EQ(variant->malloc_library, "null");
  EXPECT_EQ(variant->environment, (Strings{"LD_PRELOAD=/dev/null"}));
}

TEST_F(VariantTest, SaysWhatIsWrong) {
  const std::string form =
      " is not NAME=BASE[,preload=FILE][,ENV=VALUE...] with a name of a-z, 0-9 "
      "and _.+- that does not end in _settings";
  EXPECT_EQ(ErrorOf(""), "''" + form);
  EXPECT_EQ(ErrorOf("own"), "'own'" + form);
  EXPECT_EQ(ErrorOf("=glibc"), "'=glibc'" + form);
  EXPECT_EQ(ErrorOf("a/b=glibc"), "'a/b=glibc'" + form);
  EXPECT_EQ(ErrorOf("x_settings=glibc"), "'x_settings=glibc'" + form);
  EXPECT_EQ(ErrorOf("glibc=jemalloc"),
            "'glibc' is the name of another allocator");
  EXPECT_EQ(ErrorOf("own=malloc"), "'malloc' is not one of: glibc, jemalloc");
  EXPECT_EQ(ErrorOf("own=glibc,narenas"),
            "'glibc,narenas' is not one of: glibc, jemalloc");
  EXPECT_EQ(ErrorOf("own=glibc,preload=/none.so"),
            "'/none.so' to preload: No such file or directory");
  EXPECT_EQ(ErrorOf("own=glibc,preload="),
            "'' to preload: No such file or directory");
}

}  // namespace
}  // namespace cowbench
