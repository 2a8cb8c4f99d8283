#include "lib/fork/fork_runner.h"

#include <dirent.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "lib/probe/huge_pages.h"
#include "lib/probe/mappings.h"
#include "lib/probe/oracle.h"
#include "lib/probe/page_set.h"

namespace cowbench {
namespace {

constexpr size_t kPages = 500;

// A data set that lies on exactly kPages pages.
class ForkRunnerTest : public testing::Test {
 protected:
  ForkRunnerTest()
      : data_(static_cast<char*>(mmap(nullptr, bytes(), PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    memset(data_, 1, bytes());
  }
  ~ForkRunnerTest() override {
    munmap(data_, bytes());
    // Whatever happened, no child is left, not even as a zombie.
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
  }

  static size_t bytes() { return kPages * probe::PageSize(); }

  void WritePages(size_t count) {
    for (size_t i = 0; i < count; ++i) {
      static_cast<volatile char*>(data_)[i * probe::PageSize()] = 2;
    }
  }

  static int OpenDescriptors() {
    int count = 0;
    DIR* directory = opendir("/proc/self/fd");
    while (readdir(directory) != nullptr) ++count;
    closedir(directory);
    return count;
  }

  ForkRunner runner_ = *ForkRunner::Create();
  char* data_;
};

TEST_F(ForkRunnerTest, CountsWhatEachChildCopied) {
  for (const int children : {1, 4, kMaxChildren}) {
    for (const size_t written : {size_t{0}, size_t{1}, size_t{123}, kPages}) {
      const auto result =
          runner_.Run({.children = children}, [&] { WritePages(written); });
      ASSERT_TRUE(result.ok()) << result.status();
      ASSERT_EQ(result->samples.size(), static_cast<size_t>(children));
      for (const Sample& sample : result->samples) {
        EXPECT_EQ(sample.copied_pages, written);
        EXPECT_EQ(sample.minor_faults, static_cast<int64_t>(written));
        EXPECT_EQ(sample.major_faults, 0);
        EXPECT_EQ(sample.fresh_pages, 0u);
        EXPECT_GT(sample.fork_tax_pages, 0u);
        EXPECT_LE(sample.begin_ns, sample.end_ns);
      }
    }
  }
  EXPECT_EQ(data_[0], 1);  // the parent's data set is untouched
}

TEST_F(ForkRunnerTest, CountsTheSameWithoutLookingFirst) {
  for (const int children : {1, 4}) {
    const auto first =
        runner_.Run({.children = children}, [&] { WritePages(kPages); });
    ASSERT_TRUE(first.ok()) << first.status();
    const uint64_t tax = first->samples[0].fork_tax_pages;
    for (const size_t written : {size_t{7}, kPages, size_t{0}, size_t{123}}) {
      const auto result = runner_.Run({.children = children, .unchanged = true},
                                      [&] { WritePages(written); });
      ASSERT_TRUE(result.ok()) << result.status();
      for (const Sample& sample : result->samples) {
        EXPECT_EQ(sample.copied_pages, written);
        EXPECT_EQ(sample.fresh_pages, 0u);
      }
      EXPECT_EQ(result->samples[0].fork_tax_pages, tax);
    }
  }
}

// Whether a look is left out is told by a broken promise, after which only a
// look would tell the truth. The parent has one page fault more now and then,
// which has it looked at; so there are several attempts, of several iterations.
class LeftOutLookTest : public ForkRunnerTest {
 protected:
  static constexpr int kAttempts = 20;
  static constexpr int kIterations = 30;

  void SetUp() override {
    struct sysinfo system;
    sysinfo(&system);
    if (system.totalswap != system.freeswap) {
      GTEST_SKIP() << "SKIPPED: memory is swapped out";
    }
  }
};

char* MapPage() {
  return static_cast<char*>(mmap(nullptr, probe::PageSize(),
                                 PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

void Write(char* page) { *static_cast<volatile char*>(page) = 1; }

// A page that only the child has.
void FillNewPage() { Write(MapPage()); }

TEST_F(LeftOutLookTest, BeforeTheWindow) {
  bool left_out = false;
  for (int i = 0; i < kAttempts && !left_out; ++i) {
    char* const page = MapPage();
    for (int run = 0; run < kIterations; ++run) {
      ASSERT_TRUE(runner_.Run({.unchanged = run > 0}, [] {}).ok());
    }
    Write(page);  // present from now on
    const auto inferred =
        runner_.Run({.unchanged = true}, [&] { Write(page); });
    ASSERT_TRUE(inferred.ok()) << inferred.status();
    left_out = inferred->samples[0].fresh_pages == 1;
    const auto looked = runner_.Run({}, [&] { Write(page); });
    ASSERT_TRUE(looked.ok()) << looked.status();
    EXPECT_EQ(looked->samples[0].fresh_pages, 0u);
    EXPECT_EQ(looked->samples[0].copied_pages, 1u);
    munmap(page, probe::PageSize());
  }
  EXPECT_TRUE(left_out);
}

TEST_F(LeftOutLookTest, AfterTheWindow) {
  bool left_out = false;
  for (int i = 0; i < kAttempts && !left_out; ++i) {
    for (int run = 0; run < kIterations; ++run) {
      ASSERT_TRUE(runner_
                      .Run({.unchanged = run > 0, .same_pattern = run > 0},
                           [&] { WritePages(1); })
                      .ok());
    }
    // As many faults, but nothing is copied.
    const auto inferred =
        runner_.Run({.unchanged = true, .same_pattern = true}, FillNewPage);
    ASSERT_TRUE(inferred.ok()) << inferred.status();
    left_out = inferred->samples[0].copied_pages == 1;
    const auto looked = runner_.Run({.unchanged = true}, FillNewPage);
    ASSERT_TRUE(looked.ok()) << looked.status();
    EXPECT_EQ(looked->samples[0].fresh_pages, 1u);
    EXPECT_EQ(looked->samples[0].copied_pages, 0u);
  }
  EXPECT_TRUE(left_out);
}

TEST_F(ForkRunnerTest, AChildThatSatOutAChangeOfPatternIsLookedAt) {
  for (int i = 0; i < 30; ++i) {
    const auto result =
        runner_.Run({.children = 2, .unchanged = i > 0, .same_pattern = i > 0},
                    [&] { WritePages(1); });
    ASSERT_TRUE(result.ok()) << result.status();
  }
  ASSERT_TRUE(runner_.Run({.unchanged = true}, FillNewPage).ok());
  const auto result = runner_.Run(
      {.children = 2, .unchanged = true, .same_pattern = true}, FillNewPage);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->samples[1].copied_pages, 0u);
  EXPECT_EQ(result->samples[1].fresh_pages, 1u);
}

TEST_F(ForkRunnerTest, LooksAgainWhenTheParentHasWritten) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(runner_.Run({.unchanged = i > 0}, [] {}).ok());
  }
  // A page that was absent until now, and is present and shared from now on.
  auto* const page = static_cast<volatile char*>(
      mmap(nullptr, probe::PageSize(), PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  const auto parent = runner_.Run(
      {.writer = Writer::kParent, .unchanged = true}, [&] { *page = 1; });
  ASSERT_TRUE(parent.ok()) << parent.status();
  EXPECT_EQ(parent->samples[0].fresh_pages, 1u);
  const auto child = runner_.Run({.unchanged = true}, [&] { *page = 2; });
  ASSERT_TRUE(child.ok()) << child.status();
  EXPECT_EQ(child->samples[0].copied_pages, 1u);
  EXPECT_EQ(child->samples[0].fresh_pages, 0u);
  munmap(const_cast<char*>(page), probe::PageSize());
}

TEST_F(ForkRunnerTest, TellsMetadataFromData) {
  probe::PageSet data = *probe::PageSet::Create();
  data.Add(data_, 100 * probe::PageSize());
  const auto result = runner_.Run({.data = &data}, [&] { WritePages(123); });
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->samples[0].copied_pages, 123u);
  EXPECT_EQ(result->samples[0].copied_metadata_pages, 23u);
}

TEST_F(ForkRunnerTest, CopiesSmallPagesOutOfHugeOnes) {
  constexpr size_t kHuge = size_t{2} << 20;
  void* const mapping = mmap(nullptr, 2 * kHuge, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  auto* const memory = reinterpret_cast<volatile char*>(
      (reinterpret_cast<uintptr_t>(mapping) + kHuge - 1) / kHuge * kHuge);
  memory[0] = 1;
  probe::PageSet data = *probe::PageSet::Create();
  data.Add(const_cast<char*>(memory), kHuge);
  const absl::Status huge = probe::CollapseIntoHugePages(data);
  if (!huge.ok()) GTEST_SKIP() << "SKIPPED: " << huge;
  for (const Writer writer : {Writer::kChild, Writer::kParent}) {
    const auto result = runner_.Run({.writer = writer}, [&] {
      for (size_t page = 0; page < 5; ++page) {
        memory[page * 100 * probe::PageSize()] = 2;
      }
    });
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->samples[0].copied_pages, 5u);
#ifndef __SANITIZE_ADDRESS__  // which touches pages of its own
    EXPECT_EQ(result->samples[0].minor_faults, 5);
#endif
    EXPECT_EQ(result->samples[0].fresh_pages, 0u);
  }
  munmap(mapping, 2 * kHuge);
}

TEST_F(ForkRunnerTest, CountsNewMemoryAsFresh) {
  const auto result = runner_.Run({}, [] {
    char* data = static_cast<char*>(mmap(nullptr, 10 * probe::PageSize(),
                                         PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    memset(data, 1, 10 * probe::PageSize());
  });
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->samples[0].fresh_pages, 10u);
  EXPECT_EQ(result->samples[0].copied_pages, 0u);
}

TEST_F(ForkRunnerTest, TheWindowsOfAllChildrenAreWithinAccessTime) {
  const auto result = runner_.Run({.children = 4}, [&] { WritePages(kPages); });
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_GT(result->fork_time, absl::ZeroDuration());
  EXPECT_GT(result->exit_time, absl::ZeroDuration());
  EXPECT_EQ(result->wall_time(),
            result->fork_time + result->access_time + result->exit_time);
  for (const Sample& sample : result->samples) {
    EXPECT_GE(result->access_time,
              absl::Nanoseconds(sample.end_ns - sample.begin_ns));
  }
}

TEST_F(ForkRunnerTest, RepeatsExactlyAndLeavesNothingOpen) {
  ASSERT_TRUE(runner_.Run({}, [] {}).ok());
  const int descriptors = OpenDescriptors();
  const uint64_t tax = runner_.Run({}, [] {})->samples[0].fork_tax_pages;
  for (int i = 0; i < 20; ++i) {
    const auto result = runner_.Run({.children = 2}, [] {});
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->samples[0].fork_tax_pages, tax);
    EXPECT_EQ(result->samples[1].fork_tax_pages, tax);
  }
  EXPECT_EQ(OpenDescriptors(), descriptors);
}

TEST_F(ForkRunnerTest, AChildThatExitsIsAnError) {
  const auto result = runner_.Run({.children = 3}, [] { _exit(7); });
  EXPECT_EQ(result.status().code(), absl::StatusCode::kAborted);
  EXPECT_NE(
      result.status().message().find("exited with status 7 in its window"),
      std::string::npos)
      << result.status();
}

TEST_F(ForkRunnerTest, AChildThatCrashesIsAnErrorAndTheNextRunIsFine) {
  const auto result = runner_.Run({}, [] {
    signal(SIGSEGV, SIG_DFL);  // sanitizers catch it
    raise(SIGSEGV);
  });
  EXPECT_EQ(result.status().code(), absl::StatusCode::kAborted);
  EXPECT_NE(result.status().message().find("killed by signal 11"),
            std::string::npos)
      << result.status();
  EXPECT_TRUE(runner_.Run({}, [] {}).ok());
}

TEST_F(ForkRunnerTest, AChildThatHangsIsKilledAtTheDeadline) {
  const auto result = runner_.Run(
      {.children = 2, .deadline = absl::Milliseconds(200)}, [] { pause(); });
  EXPECT_EQ(result.status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(ForkRunnerTest, MeasuresTheParentWhileTheChildrenSitStill) {
  for (const int children : {1, 3}) {
    const auto result =
        runner_.Run({.children = children, .writer = Writer::kParent},
                    [&] { WritePages(77); });
    ASSERT_TRUE(result.ok()) << result.status();
    ASSERT_EQ(result->samples.size(), 1u);
    EXPECT_EQ(result->samples[0].copied_pages, 77u);
    EXPECT_EQ(result->samples[0].minor_faults, 77);
    EXPECT_EQ(result->samples[0].fresh_pages, 0u);
  }
  EXPECT_EQ(data_[0], 2);  // it was this process that wrote
}

TEST_F(ForkRunnerTest, APatternThatThrowsEndsItsChild) {
  const auto result = runner_.Run({}, [] { throw 1; });
  EXPECT_NE(result.status().message().find("killed by signal 6"),
            std::string::npos)
      << result.status();
}

TEST_F(ForkRunnerTest, AnExceptionSaysWhatWentWrong) {
  for (const Writer writer : {Writer::kChild, Writer::kParent}) {
    const auto result = runner_.Run(
        {.writer = writer}, [] { throw std::runtime_error("no such thing"); });
    EXPECT_EQ(result.status().code(), absl::StatusCode::kInternal);
    EXPECT_NE(result.status().message().find("no such thing"),
              std::string::npos)
        << result.status();
  }
}

TEST_F(ForkRunnerTest, SignalsAreNotErrors) {
  struct sigaction action = {};  // without SA_RESTART
  action.sa_handler = [](int) {};
  struct sigaction before;
  sigaction(SIGALRM, &action, &before);
  const itimerval often = {{0, 200}, {0, 200}};
  setitimer(ITIMER_REAL, &often, nullptr);
  for (int i = 0; i < 10; ++i) {
    const auto result =
        runner_.Run({.children = 2}, [&] { WritePages(kPages); });
    EXPECT_TRUE(result.ok()) << result.status();
  }
  const itimerval never = {};
  setitimer(ITIMER_REAL, &never, nullptr);
  sigaction(SIGALRM, &before, nullptr);
}

TEST_F(ForkRunnerTest, RefusesANumberOfChildrenItCannotHave) {
  for (const int children : {-1, 0, kMaxChildren + 1}) {
    EXPECT_EQ(runner_.Run({.children = children}, [] {}).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(ForkRunnerTest, ChildrenDieWithTheirParent) {
  // A process in between is killed while its child hangs.
  auto memory = *probe::SharedMemory::Map(sizeof(pid_t));
  volatile pid_t* const grandchild = memory.as<pid_t>();
  const pid_t between = fork();
  if (between == 0) {
    [[maybe_unused]] const auto result = runner_.Run({}, [&] {
      *grandchild = getpid();
      pause();
    });
    _exit(0);
  }
  while (*grandchild == 0) usleep(1000);
  kill(between, SIGKILL);
  waitpid(between, nullptr, 0);
  // It may stay a zombie until init reaps it.
  char state = 'R';
  for (int i = 0; i < 5000 && state != 'Z' && state != '-'; ++i) {
    const std::string path = "/proc/" + std::to_string(*grandchild) + "/stat";
    FILE* file = fopen(path.c_str(), "r");
    if (file == nullptr || fscanf(file, "%*d %*s %c", &state) != 1) state = '-';
    if (file != nullptr) fclose(file);
    usleep(1000);
  }
  EXPECT_TRUE(state == 'Z' || state == '-') << state;
}

TEST_F(ForkRunnerTest, VerifiedByTheKernelWhereItMay) {
  if (const absl::Status available = probe::OraclesAvailable();
      !available.ok()) {
    GTEST_SKIP() << "SKIPPED: " << available.message();
  }
  for (int i = 0; i < 4; ++i) {
    const auto result =
        runner_.Run({.children = 2, .unchanged = i > 0, .verify = true},
                    [&] { WritePages(kPages); });
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->samples[0].copied_pages, kPages);
  }
}

}  // namespace
}  // namespace cowbench
