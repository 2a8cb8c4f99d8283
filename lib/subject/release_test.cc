// When half of a data set is free, each allocator gives that memory back, and
// keeps the other half.
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "lib/subject/subject_process.h"

namespace cowbench {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr uint64_t kLiveBytes = 64 * kMiB;
constexpr uint64_t kBlocks = 2 * kLiveBytes >> 14;

SubjectOptions Subject(const std::string& allocator, const std::string& library,
                       const std::string& settings = "") {
  return {.executable = "lib/subject/testing/half_freed_" + allocator,
          .malloc_library = library,
          .environment = absl::StrSplit(settings, ' ', absl::SkipEmpty()),
          .deadline = absl::Seconds(60)};
}

// The subject's memory after it has freed half of the blocks and has done
// `before_fork`.
uint64_t ResidentBytes(SubjectOptions options, BeforeFork before_fork) {
  options.data_set.before_fork = before_fork;
  auto subject = SubjectProcess::Start(options);
  EXPECT_TRUE(subject.ok()) << subject.status();
  const auto built = (*subject)->Build("half_freed", kBlocks);
  EXPECT_TRUE(built.ok()) << built.status();
  RunRequest request = {};
  request.pattern = "check";
  request.touched = kBlocks;
  request.children = 1;
  const auto checked = (*subject)->Run(request);
  EXPECT_TRUE(checked.ok()) << checked.status();
  return built.ok() ? built->resident_bytes : 0;
}

// The parameter is name|library|settings, from allocators.bzl.
class EveryAllocator : public testing::TestWithParam<std::string> {};

TEST_P(EveryAllocator, GivesFreeMemoryBack) {
  const std::vector<std::string> row = absl::StrSplit(GetParam(), '|');
  // With its settings, mimalloc never gives anything back.
  const SubjectOptions options =
      Subject(row[0], row[1], row[0] == "mimalloc" ? "" : row[2]);
  const uint64_t kept = ResidentBytes(options, BeforeFork::kNothing);
  EXPECT_GE(kept, 2 * kLiveBytes);
  const uint64_t released = ResidentBytes(options, BeforeFork::kRelease);
  EXPECT_GE(released, kLiveBytes);
  // mimalloc 2.0 gives back about half of the free memory, the others all.
  EXPECT_GE(kept - released, kLiveBytes / 4);
}

INSTANTIATE_TEST_SUITE_P(All, EveryAllocator,
                         testing::ValuesIn(std::vector<std::string>(
                             absl::StrSplit(COWBENCH_ALLOCATORS, ';'))),
                         [](const auto& test) {
                           return test.param.substr(0, test.param.find('|'));
                         });

TEST(ReleaseTest, AnAllocatorWithoutAWayIsAnError) {
  const std::string library =
      std::filesystem::absolute("lib/subject/testing/libbump.so");
  SubjectOptions options = Subject("glibc", library, "LD_PRELOAD=" + library);
  options.data_set.before_fork = BeforeFork::kRelease;
  auto subject = SubjectProcess::Start(options);
  ASSERT_TRUE(subject.ok()) << subject.status();
  const auto built = (*subject)->Build("half_freed", kBlocks);
  EXPECT_EQ(
      built.status().message(),
      absl::StrCat(library, " offers no known way to give free memory back"));
}

}  // namespace
}  // namespace cowbench
