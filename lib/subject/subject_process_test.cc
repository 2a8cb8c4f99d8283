#include "lib/subject/subject_process.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "lib/probe/mappings.h"

namespace cowbench {
namespace {

SubjectOptions Glibc() {
  return {.executable = "lib/subject/subject_glibc",
          .malloc_library = "libc.so",
          .deadline = absl::Seconds(20)};
}

TEST(SubjectProcessTest, BuildsAndMeasures) {
  auto subject = SubjectProcess::Start(Glibc());
  ASSERT_TRUE(subject.ok()) << subject.status();
  EXPECT_NE((*subject)->hello().version.view(), "unknown");
  const auto built = (*subject)->Build("array", 1 << 20);
  ASSERT_TRUE(built.ok()) << built.status();
  EXPECT_GE(built->resident_bytes, uint64_t{8} << 20);
  EXPECT_LT(built->resident_bytes, uint64_t{9} << 20);
  RunRequest request = {};
  request.pattern = "write";
  request.touched = 1 << 20;
  request.children = 3;
  request.count_pages = true;
  const auto reply = (*subject)->Run(request);
  ASSERT_TRUE(reply.ok()) << reply.status();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(reply->samples[i].pages->copied,
              (uint64_t{8} << 20) / probe::PageSize());
  }
}

TEST(SubjectProcessTest, RefusesTheWrongAllocator) {
  SubjectOptions options = Glibc();
  options.malloc_library = "libjemalloc.so";
  const auto subject = SubjectProcess::Start(options);
  EXPECT_EQ(subject.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(subject.status().message().find("libc.so.6, not in libjemalloc"),
            absl::string_view::npos)
      << subject.status();
}

TEST(SubjectProcessTest, NamesAMissingExecutable) {
  SubjectOptions options = Glibc();
  options.executable = "/nonexistent";
  EXPECT_NE(
      SubjectProcess::Start(options).status().message().find("/nonexistent"),
      absl::string_view::npos);
  options.executable = "/dev/null";
  EXPECT_EQ(SubjectProcess::Start(options).status().code(),
            absl::StatusCode::kAborted);
}

TEST(SubjectProcessTest, ASubjectThatClosesItsConnectionIsAnError) {
  SubjectOptions options = Glibc();
  options.executable = "lib/subject/testing/hangs_up";
  EXPECT_EQ(SubjectProcess::Start(options).status().message(),
            "the subject closed its connection");
}

TEST(SubjectProcessTest, KnowsNoOtherLayoutsAndPatterns) {
  auto subject = SubjectProcess::Start(Glibc());
  ASSERT_TRUE(subject.ok()) << subject.status();
  EXPECT_EQ((*subject)->Build("list", 1).status().code(),
            absl::StatusCode::kInternal);
}

TEST(SubjectProcessTest, StopsWaitingWhenCancelled) {
  SubjectOptions options = Glibc();
  options.cancel_fd = eventfd(1, EFD_CLOEXEC);
  EXPECT_EQ(SubjectProcess::Start(options).status().code(),
            absl::StatusCode::kCancelled);
  close(options.cancel_fd);
}

TEST(SubjectProcessTest, MemoryIsLaidOutTheSameFromAnyFolder) {
  // The path of the executable must not shift the subject's stack.
  const std::string folder = testing::TempDir() + "/" + std::string(200, 'x');
  std::filesystem::create_directories(folder);
  SubjectOptions elsewhere = Glibc();
  elsewhere.executable = folder + "/subject";
  std::filesystem::copy_file(Glibc().executable, elsewhere.executable,
                             std::filesystem::copy_options::overwrite_existing);
  uint64_t tax[2];
  for (int i = 0; i < 2; ++i) {
    auto subject = SubjectProcess::Start(i == 0 ? Glibc() : elsewhere);
    ASSERT_TRUE(subject.ok()) << subject.status();
    ASSERT_TRUE((*subject)->Build("array", 1000).ok());
    RunRequest request = {};
    request.pattern = "idle";
    request.touched = 1000;
    request.children = 1;
    request.count_pages = true;
    tax[i] = (*subject)->Run(request)->samples[0].pages->fork_tax;
  }
  EXPECT_EQ(tax[0], tax[1]);
}

}  // namespace
}  // namespace cowbench
