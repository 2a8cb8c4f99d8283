#include "lib/suite/progress.h"

#include <cstdio>
#include <string>

#include "gtest/gtest.h"

namespace cowbench {
namespace {

std::string Shown(bool terminal, int cases) {
  char* text = nullptr;
  size_t bytes = 0;
  FILE* const stream = open_memstream(&text, &bytes);
  Progress progress(stream, terminal, cases, cases);
  for (int i = 1; i <= cases; ++i) {
    progress.Begin("case" + std::to_string(i), 1);
    progress.Clear();
  }
  fclose(stream);
  std::string shown(text, bytes);
  free(text);
  return shown;
}

TEST(ProgressTest, OneLineOnATerminal) {
  const std::string shown = Shown(true, 3);
  EXPECT_NE(shown.find("[1/3] case1"), std::string::npos);
  EXPECT_NE(shown.find("[3/3] case3, "), std::string::npos);
  EXPECT_NE(shown.find(" left"), std::string::npos);
  EXPECT_EQ(shown.find('\n'), std::string::npos);
  EXPECT_TRUE(shown.ends_with("\r\033[K"));
}

TEST(ProgressTest, FewPlainLinesElsewhere) {
  const std::string shown = Shown(false, 1000);
  EXPECT_EQ(shown.find('\033'), std::string::npos);
  EXPECT_EQ(shown.find('\r'), std::string::npos);
  EXPECT_EQ(std::count(shown.begin(), shown.end(), '\n'), 10);
}

}  // namespace
}  // namespace cowbench
