#include "lib/base/status_macros.h"

#include <memory>

#include "gtest/gtest.h"

namespace cowbench {
namespace {

absl::Status Passed(const absl::Status& status, bool* reached) {
  COWBENCH_RETURN_IF_ERROR(status);
  *reached = true;
  return absl::OkStatus();
}

absl::StatusOr<int> Sum(absl::StatusOr<std::unique_ptr<int>> a,
                        absl::StatusOr<int> b) {
  COWBENCH_ASSIGN_OR_RETURN(const std::unique_ptr<int> left, std::move(a));
  int right = 0;
  COWBENCH_ASSIGN_OR_RETURN(right, std::move(b));
  return *left + right;
}

TEST(StatusMacrosTest, ErrorsReturnAndTheRestGoesOn) {
  bool reached = false;
  EXPECT_EQ(Passed(absl::AbortedError("why"), &reached),
            absl::AbortedError("why"));
  EXPECT_FALSE(reached);
  EXPECT_TRUE(Passed(absl::OkStatus(), &reached).ok());
  EXPECT_TRUE(reached);
}

TEST(StatusMacrosTest, ValuesAreAssigned) {
  EXPECT_EQ(*Sum(std::make_unique<int>(1), 2), 3);
  EXPECT_EQ(Sum(absl::AbortedError("left"), 2).status(),
            absl::AbortedError("left"));
  EXPECT_EQ(Sum(std::make_unique<int>(1), absl::AbortedError("right")).status(),
            absl::AbortedError("right"));
}

}  // namespace
}  // namespace cowbench
