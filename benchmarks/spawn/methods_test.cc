// Ground truth: the other thread writes to a known number of pages while the
// child is held before its exec.
#include "benchmarks/spawn/methods.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <new>
#include <string>
#include <thread>

#include "benchmarks/spawn/peer.h"
#include "benchmarks/spawn/tiny.h"
#include "gtest/gtest.h"
#include "lib/probe/mappings.h"

namespace cowbench::spawn {
namespace {

constexpr char kTiny[] = "benchmarks/spawn/tiny";
constexpr size_t kPages = 512;
constexpr size_t kWritten = 300;

// Lies in memory that parent and child share.
struct Flags {
  std::atomic<bool> has_child;
  std::atomic<bool> may_execute;
};
Flags* flags = nullptr;

void WaitFor(const std::atomic<bool>& flag) {
  while (!flag) {
    sched_yield();
  }
}

void HoldChild() {
  flags->has_child = true;
  WaitFor(flags->may_execute);
}

class MethodsTest : public testing::Test {
 protected:
  MethodsTest() {
    void* const shared = mmap(nullptr, sizeof(Flags), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    flags = new (shared) Flags{};
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    if (ends[1] != kStartPipe) {
      read_end_ = dup(ends[0]);
      dup2(ends[1], kStartPipe);
    }
  }

  // Counts what the other thread does while it writes to `pages` pages beside a
  // child. The child is held if the method runs code in it.
  PeerCounts WriteBesideChild(const Method& method, uint64_t pages) {
    new (flags) Flags{};
    Memory memory(kPages * probe::PageSize());
    Peer peer(&memory);
    std::thread director([&] {
      if (method.runs_code) {
        WaitFor(flags->has_child);
        peer.Start(pages);
        peer.AwaitEnd();
      }
      flags->may_execute = true;
    });
    const pid_t pid =
        method.start({.path = kTiny,
                      .before_exec = method.runs_code ? &HoldChild : nullptr});
    EXPECT_GT(pid, 0) << method.name;
    director.join();
    if (!method.runs_code) {
      peer.Start(pages);
      peer.AwaitEnd();
    }
    const PeerCounts counts = peer.Stop();
    int status = -1;
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT_EQ(status, 0) << method.name;
    EXPECT_EQ(counts.writes, pages);
    return counts;
  }

  int read_end_ = -1;
};

TEST_F(MethodsTest, TheOtherThreadCopiesOnlyIfPageTablesAreCopied) {
  for (const Method& method : Methods()) {
    SCOPED_TRACE(method.name);
    // The thread's other copies are the same if it writes to no page at all.
    const PeerCounts none = WriteBesideChild(method, 0);
    const PeerCounts some = WriteBesideChild(method, kWritten);
    const uint64_t expected = method.copies_tables ? kWritten : 0;
    EXPECT_EQ(some.write_faults - none.write_faults,
              static_cast<int64_t>(expected));
    ASSERT_EQ(some.copies.has_value(), none.copies.has_value());
    if (some.copies.has_value()) {
      EXPECT_EQ(*some.copies - *none.copies, expected);
    } else {
      GTEST_LOG_(INFO) << "SKIPPED, the kernel's count needs root and sysctl "
                          "kernel.task_delayacct=1";
    }
  }
}

TEST_F(MethodsTest, AMissingProgramIsAnError) {
  for (const Method& method : Methods()) {
    SCOPED_TRACE(method.name);
    const pid_t pid = method.start({.path = "/nonexistent"});
    if (!method.runs_code) {
      EXPECT_EQ(pid, -1);
      EXPECT_EQ(errno, ENOENT);
      continue;
    }
    int status = 0;
    ASSERT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 127);
  }
}

}  // namespace
}  // namespace cowbench::spawn
