#include "lib/suite/other_tasks.h"

#include "gtest/gtest.h"

namespace cowbench {
namespace {

TEST(OtherTasksTest, CountsAllRunnableThreadsButTheCaller) {
  EXPECT_EQ(OtherTasksIn("0.20 0.18 0.12 1/80 11206\n"), 0);
  EXPECT_EQ(OtherTasksIn("0.20 0.18 0.12 12/80 11206\n"), 11);
  EXPECT_EQ(OtherTasksIn("0.00 0.00 0.00 0/0 0\n"), 0);
  for (const char* text : {"", "0.20 0.18 0.12", "0.20 0.18 0.12 x/80 1"}) {
    EXPECT_EQ(OtherTasksIn(text), std::nullopt) << text;
  }
  EXPECT_TRUE(OtherTasks().has_value());
}

}  // namespace
}  // namespace cowbench
