#include "lib/base/printable.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace cowbench {
namespace {

TEST(PrintableTest, LeavesTextAlone) {
  for (const char* text : {"", "a\\b\"c~", "\u00a0\u00e4", "\u0800\uffff",
                           "\U00010000\U0010ffff"}) {
    EXPECT_EQ(Printable(text), text);
    EXPECT_TRUE(IsPrintable(text)) << text;
  }
}

TEST(PrintableTest, EscapesControlCharactersAndWhatIsNotUtf8) {
  const std::pair<absl::string_view, const char*> cases[] = {
      {"a\x1b[31mb\n", R"(a\x1b[31mb\x0a)"},
      {absl::string_view("\0\x7f", 2), R"(\x00\x7f)"},
      {"\xff", R"(\xff)"},
      {"\xc2\x9b", R"(\xc2\x9b)"},                  // a C1 control character
      {"\xc0\xaf", R"(\xc0\xaf)"},                  // overlong
      {"\xe0\x80\xaf", R"(\xe0\x80\xaf)"},          // overlong
      {"\xed\xa0\x80", R"(\xed\xa0\x80)"},          // a surrogate
      {"\xf4\x90\x80\x80", R"(\xf4\x90\x80\x80)"},  // beyond U+10FFFF
      {"\xe2\x82", R"(\xe2\x82)"},                  // cut off
      {"\xc3(", R"(\xc3()"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(Printable(text), expected);
    EXPECT_FALSE(IsPrintable(text)) << expected;
  }
}

}  // namespace
}  // namespace cowbench
