// A report is called exact where that is true, and nowhere else.
#include "lib/trace/certainty.h"

#include <optional>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "lib/trace/report.h"

namespace cowbench::trace {
namespace {

// One child that copied ten pages.
Report OneChild(std::optional<uint64_t> kernel_copies) {
  Report report;
  report.page_size = 4096;
  report.has_blame = true;
  report.exact = true;
  ProcessReport& child = report.processes.emplace_back();
  child.is_fork = true;
  child.copied = 10;
  child.kernel_copies = kernel_copies;
  return report;
}

bool IsSaidToBeExact(const Report& report) {
  return absl::StrContains(CertaintyOf(report), "Exact");
}

TEST(CertaintyTest, ExactIfAllFaultsWereSeenAndTheKernelAgrees) {
  EXPECT_TRUE(IsSaidToBeExact(OneChild(10)));
  EXPECT_FALSE(IsSaidToBeExact(OneChild(11)));
  EXPECT_FALSE(IsSaidToBeExact(OneChild(std::nullopt)));
}

TEST(CertaintyTest, NotExactIfFaultsWereNotSeen) {
  Report report = OneChild(10);
  report.is_sampled = true;
  EXPECT_FALSE(IsSaidToBeExact(report));
  report = OneChild(10);
  report.lost_samples = 1;
  EXPECT_FALSE(IsSaidToBeExact(report));
  report = OneChild(10);
  report.has_blame = false;
  EXPECT_FALSE(IsSaidToBeExact(report));
}

TEST(CertaintyTest, SamplesReportTheDifference) {
  Report report = OneChild(12);
  report.is_sampled = true;
  EXPECT_TRUE(absl::StrContains(CertaintyOf(report), "has 2 pages more"));
  report = OneChild(7);
  report.is_sampled = true;
  EXPECT_TRUE(absl::StrContains(CertaintyOf(report), " and 3 less"));
}

TEST(CertaintyTest, FramesAloneCountPagesGivenBackAsCopied) {
  Report report = OneChild(std::nullopt);
  EXPECT_FALSE(absl::StrContains(CertaintyOf(report), "given back"));
  report.is_sampled = true;
  report.processes[0].unseen = 2;
  EXPECT_TRUE(absl::StrContains(CertaintyOf(report), "given back and touched"));
  EXPECT_TRUE(absl::StrContains(CertaintyOf(report), "for good: 8 KiB"));
}

TEST(CertaintyTest, WithoutPrivilege) {
  Report report = OneChild(std::nullopt);
  report.exact = false;
  EXPECT_TRUE(absl::StrContains(CertaintyOf(report), "in doubt: nothing."));
  report.processes[0].unseen = 1;
  EXPECT_TRUE(absl::StrContains(CertaintyOf(report), "in doubt: 4 KiB."));
  report.processes[0].unreadable = true;
  EXPECT_EQ(CertaintyOf(report), "");
}

TEST(CertaintyTest, FrameNumbersOfMovedPagesProveNothing) {
  Report report = OneChild(std::nullopt);
  report.has_moved_pages = true;
  EXPECT_TRUE(absl::StrContains(
      CertaintyOf(report),
      "Without frame numbers, as the kernel moved pages meanwhile: exact"));
  report.processes[0].kernel_copies = report.processes[0].AllCopies() + 1;
  EXPECT_TRUE(absl::StrContains(CertaintyOf(report),
                                "by 1 page in all; the kernel moved pages"));
  report.processes[0].kernel_copies.reset();
  report.is_sampled = true;
  EXPECT_TRUE(absl::StrContains(CertaintyOf(report), "at most so much"));
}

}  // namespace
}  // namespace cowbench::trace
