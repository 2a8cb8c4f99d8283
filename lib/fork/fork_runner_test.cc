#include "lib/fork/fork_runner.h"

#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "lib/fork/given_back.h"
#include "lib/probe/access_flag.h"
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
    // No child is left, not even as a zombie.
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
        EXPECT_EQ(sample.pages->copied, written);
        EXPECT_EQ(sample.minor_faults, static_cast<int64_t>(written));
        EXPECT_EQ(sample.major_faults, 0);
        EXPECT_EQ(sample.pages->fresh, 0u);
        EXPECT_GT(sample.pages->fork_tax, 0u);
        EXPECT_LE(sample.begin_ns, sample.end_ns);
      }
    }
  }
  EXPECT_EQ(data_[0], 1);  // the parent's data set is untouched
}

TEST_F(ForkRunnerTest, ATimedForkHasAsManyFaultsAndNoPageCounts) {
  for (const Writer writer : {Writer::kChild, Writer::kParent}) {
    for (const int children : {1, 4}) {
      const auto counted = runner_.Run({.children = children, .writer = writer},
                                       [&] { WritePages(123); });
      ASSERT_TRUE(counted.ok()) << counted.status();
      EXPECT_EQ(counted->samples[0].pages->copied, 123u);
      for (int i = 0; i < 20; ++i) {
        const auto timed = runner_.Run(
            {.children = children, .writer = writer, .count_pages = false},
            [&] { WritePages(123); });
        ASSERT_TRUE(timed.ok()) << timed.status();
        for (const Sample& sample : timed->samples) {
          EXPECT_FALSE(sample.pages.has_value());
          EXPECT_EQ(sample.minor_faults, 123);
        }
      }
    }
  }
}

// Pages that the parent or the child writes to right after each fork(). The
// originals are then private to the other one, but stay write-protected there.
char* pages_of_parent = nullptr;
char* pages_of_child = nullptr;
constexpr size_t kPrivatePages = 50;

void WriteEach(char* pages) {
  for (size_t i = 0; pages != nullptr && i < kPrivatePages; ++i) {
    static_cast<volatile char*>(pages)[i * probe::PageSize()] = 3;
  }
}

TEST_F(ForkRunnerTest, PagesThatAnotherProcessCopiedAreNoFaultsInTheWindow) {
  pthread_atfork(
      nullptr, [] { WriteEach(pages_of_parent); },
      [] { WriteEach(pages_of_child); });
  const bool verify = probe::OraclesAvailable().ok();
  for (const Writer writer : {Writer::kChild, Writer::kParent}) {
    (writer == Writer::kChild ? pages_of_parent : pages_of_child) = data_;
    for (const int children : {1, 2, 5}) {
      for (int i = 0; i < 10; ++i) {
        const auto result = runner_.Run({.children = children,
                                         .writer = writer,
                                         .count_pages = i % 5 == 0,
                                         .verify = verify && i > 5},
                                        [&] { WritePages(kPrivatePages + 7); });
        ASSERT_TRUE(result.ok()) << result.status();
        for (const Sample& sample : result->samples) {
          EXPECT_EQ(sample.minor_faults, 7);
          if (sample.pages.has_value()) {
            EXPECT_EQ(sample.pages->copied, 7u);
            EXPECT_GE(sample.pages->fork_tax, kPrivatePages);
          }
        }
      }
    }
    pages_of_parent = pages_of_child = nullptr;
  }
}

TEST_F(ForkRunnerTest, ATimedForkCopiesNothingBeforeItsWindow) {
  // The last counted fork found these pages private; now they are shared.
  pthread_atfork(
      nullptr, [] { WriteEach(pages_of_parent); }, nullptr);
  pages_of_parent = data_;
  ASSERT_TRUE(runner_.Run({}, [] {}).ok());
  pages_of_parent = nullptr;
  const auto timed =
      runner_.Run({.count_pages = false}, [&] { WritePages(kPages); });
  ASSERT_TRUE(timed.ok()) << timed.status();
  EXPECT_EQ(timed->samples[0].minor_faults, static_cast<int64_t>(kPages));
}

TEST_F(ForkRunnerTest, TellsMetadataFromData) {
  probe::PageSet data = *probe::PageSet::Create();
  data.Add(data_, 100 * probe::PageSize());
  const auto result = runner_.Run({.data = &data}, [&] { WritePages(123); });
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->samples[0].pages->copied, 123u);
  EXPECT_EQ(result->samples[0].pages->copied_metadata, 23u);
}

TEST_F(ForkRunnerTest, CopiesSmallPagesOutOfHugeOnes) {
  const size_t huge_size = probe::HugePageSize();
  if (huge_size == 0) GTEST_SKIP() << "SKIPPED: this kernel has no huge pages";
  void* const mapping = mmap(nullptr, 2 * huge_size, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  auto* const memory = reinterpret_cast<volatile char*>(
      (reinterpret_cast<uintptr_t>(mapping) + huge_size - 1) / huge_size *
      huge_size);
  memory[0] = 1;
  probe::PageSet data = *probe::PageSet::Create();
  data.Add(const_cast<char*>(memory), huge_size);
  const absl::Status huge = probe::CollapseIntoHugePages(data);
  if (!huge.ok()) GTEST_SKIP() << "SKIPPED: " << huge;
  for (const Writer writer : {Writer::kChild, Writer::kParent}) {
    const auto result = runner_.Run({.writer = writer}, [&] {
      for (size_t page = 0; page < 5; ++page) {
        memory[page * 100 * probe::PageSize()] = 2;
      }
    });
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->samples[0].pages->copied, 5u);
#ifndef __SANITIZE_ADDRESS__  // AddressSanitizer touches pages of its own
    EXPECT_EQ(result->samples[0].minor_faults, 5);
#endif
    EXPECT_EQ(result->samples[0].pages->fresh, 0u);
  }
  munmap(mapping, 2 * huge_size);
}

TEST_F(ForkRunnerTest, CountsNewMemoryAsFresh) {
  const auto result = runner_.Run({}, [] {
    char* data = static_cast<char*>(mmap(nullptr, 10 * probe::PageSize(),
                                         PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    memset(data, 1, 10 * probe::PageSize());
  });
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->samples[0].pages->fresh, 10u);
  EXPECT_EQ(result->samples[0].pages->copied, 0u);
}

// Writes to some pages, unmaps some, and gives some back and fills them again.
TEST_F(ForkRunnerTest, SaysByHowMuchACountMayBeOffWhenMemoryIsGivenBack) {
  const size_t page = probe::PageSize();
  struct Window {
    size_t written, unmapped, filled_again;
    uint64_t copied, unsure;
  };
  for (const Window& window :
       {Window{0, 100, 0, 0, 0}, Window{60, 100, 0, 0, 60},
        Window{200, 100, 0, 100, 100}, Window{0, 0, 50, 50, 50},
        Window{200, 0, 0, 200, 0}}) {
    const auto result =
        runner_.Run({.verify = probe::OraclesAvailable().ok()}, [&] {
          WritePages(window.written);
          munmap(data_, window.unmapped * page);
          char* const again = data_ + 300 * page;
          if (window.filled_again > 0) {
            ReportGivenBack(window.filled_again * page);
            madvise(again, window.filled_again * page, MADV_DONTNEED);
            memset(again, 3, window.filled_again * page);
          }
        });
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->samples[0].pages->copied, window.copied);
    EXPECT_EQ(result->samples[0].pages->unsure, window.unsure);
  }
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

// A thread that sleeps in poll(2) until `end_fd` is readable.
void* Sleep(void* end_fd) {
  pollfd end = {*static_cast<int*>(end_fd), POLLIN, 0};
  poll(&end, 1, -1);
  return nullptr;
}

TEST_F(ForkRunnerTest, CountsExactlyBesideThreadsThatSleep) {
  int end[2];
  ASSERT_EQ(pipe(end), 0);
  pthread_t threads[8];
  for (pthread_t& thread : threads) {
    ASSERT_EQ(pthread_create(&thread, nullptr, Sleep, &end[0]), 0);
  }
  usleep(200'000);  // until all of them sleep
  ForkRunner runner = *ForkRunner::Create();
  uint64_t tax = 0;
  for (int i = 0; i < 10; ++i) {
    const auto result = runner.Run({.children = 2}, [&] { WritePages(100); });
    ASSERT_TRUE(result.ok()) << result.status();
    for (const Sample& sample : result->samples) {
      EXPECT_EQ(sample.pages->copied, 100u);
      if (!probe::FirstAccessFaults()) {
        EXPECT_EQ(sample.minor_faults, 100);
      }
      tax = tax == 0 ? sample.pages->fork_tax : tax;
      EXPECT_EQ(sample.pages->fork_tax, tax);
    }
  }
  close(end[1]);
  for (const pthread_t thread : threads) {
    pthread_join(thread, nullptr);
  }
  close(end[0]);
}

TEST_F(ForkRunnerTest, RepeatsExactlyAndLeavesNothingOpen) {
  ASSERT_TRUE(runner_.Run({}, [] {}).ok());
  const int descriptors = OpenDescriptors();
  const uint64_t tax = runner_.Run({}, [] {})->samples[0].pages->fork_tax;
  for (int i = 0; i < 20; ++i) {
    const auto result = runner_.Run({.children = 2}, [] {});
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->samples[0].pages->fork_tax, tax);
    EXPECT_EQ(result->samples[1].pages->fork_tax, tax);
  }
  EXPECT_EQ(OpenDescriptors(), descriptors);
}

TEST_F(ForkRunnerTest, MeasuresTheParentWhileTheChildrenWait) {
  for (const int children : {1, 3}) {
    const auto result =
        runner_.Run({.children = children, .writer = Writer::kParent},
                    [&] { WritePages(77); });
    ASSERT_TRUE(result.ok()) << result.status();
    ASSERT_EQ(result->samples.size(), 1u);
    EXPECT_EQ(result->samples[0].pages->copied, 77u);
    EXPECT_EQ(result->samples[0].minor_faults, 77);
    EXPECT_EQ(result->samples[0].pages->fresh, 0u);
  }
  EXPECT_EQ(data_[0], 2);  // it was this process that wrote
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

TEST_F(ForkRunnerTest, VerifiedByTheKernelWhereItMay) {
  if (const absl::Status available = probe::OraclesAvailable();
      !available.ok()) {
    GTEST_SKIP() << "SKIPPED: " << available.message();
  }
  for (int i = 0; i < 4; ++i) {
    const auto result = runner_.Run({.children = 2, .verify = true},
                                    [&] { WritePages(kPages); });
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->samples[0].pages->copied, kPages);
  }
}

}  // namespace
}  // namespace cowbench
