#include "lib/suite/progress.h"

#include <cstdio>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace cowbench {
namespace {

std::string Shown(size_t width, int cases) {
  char* text = nullptr;
  size_t bytes = 0;
  FILE* const stream = open_memstream(&text, &bytes);
  Progress progress(stream, width, cases, cases);
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
  const std::string shown = Shown(80, 3);
  EXPECT_NE(shown.find("[1/3, 3s left] case1"), std::string::npos);
  EXPECT_NE(shown.find("[3/3, 1s left] case3"), std::string::npos);
  EXPECT_EQ(shown.find('\n'), std::string::npos);
  EXPECT_TRUE(shown.ends_with("\r\033[K"));
}

TEST(ProgressTest, NoLineIsLongerThanTheTerminal) {
  EXPECT_NE(Shown(19, 2).find("K[1/2, 2s left] cas\r"), std::string::npos);
}

TEST(ProgressTest, SmallCasesAtTheBeginningChangeTheEstimateLittle) {
  char* text = nullptr;
  size_t bytes = 0;
  FILE* const stream = open_memstream(&text, &bytes);
  Progress progress(stream, 80, 3, 100.001);
  progress.Begin("small", 0.001);
  // A hundred times as long as estimated.
  absl::SleepFor(absl::Milliseconds(100));
  progress.Begin("large", 50);
  fclose(stream);
  EXPECT_EQ(std::string(text).find('h'), std::string::npos) << text;  // hours
  free(text);
}

TEST(ProgressTest, FewPlainLinesElsewhere) {
  const std::string shown = Shown(0, 1000);
  EXPECT_EQ(shown.find('\033'), std::string::npos);
  EXPECT_EQ(shown.find('\r'), std::string::npos);
  EXPECT_EQ(std::count(shown.begin(), shown.end(), '\n'), 10);
}

}  // namespace
}  // namespace cowbench
