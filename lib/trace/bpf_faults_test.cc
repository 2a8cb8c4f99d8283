// Records the page faults of children that do a known thing, by both kinds of
// programs.
#include "lib/trace/bpf_faults.h"

#include <linux/perf_event.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "lib/trace/fault_events.h"
#include "lib/trace/testing/bpf.h"

namespace cowbench::trace {
namespace {

// Keeps the CPU for a time, in nanoseconds.
void Spin(int64_t duration) {
  const int64_t begin = NowNanoseconds();
  while (NowNanoseconds() < begin + duration) {
  }
}

class BpfFaultsTest : public ::testing::TestWithParam<BpfSource> {
 protected:
  void SetUp() override {
    if (!MayUseBpf()) {
      GTEST_SKIP() << "SKIPPED: needs root, bpf(2), the initial PID namespace";
    }
  }

  // Null if that is not possible.
  static std::unique_ptr<BpfFaults> Trace(const Child& child,
                                          size_t room = 4096) {
    auto faults = BpfFaults::Open(child.process(), kCpus, room);
    return faults != nullptr && faults->Start(GetParam()) ? std::move(faults)
                                                          : nullptr;
  }

  // The faults on `pages`, by all CPUs, in order of time.
  static std::vector<Record> Read(BpfFaults& faults, const Pages& pages) {
    std::vector<Record> records;
    std::deque<Record> chains;
    for (int cpu = 0; cpu < kCpus; ++cpu) {
      faults.Read(cpu, faults.Head(cpu), &chains, &records);
    }
    std::erase_if(records, [&](const Record& record) {
      return !pages.Has(record.address);
    });
    std::stable_sort(
        records.begin(), records.end(),
        [](const Record& a, const Record& b) { return a.time < b.time; });
    return records;
  }

  // Expects each fault after the time of its page.
  static void ExpectAfter(const SharedTimes& times,
                          const std::vector<Record>& records,
                          const Pages& pages) {
    for (const Record& record : records) {
      EXPECT_GT(record.time, times[pages.IndexOf(record.address)]);
    }
  }

  // How many different times there are.
  static size_t Times(const std::vector<Record>& records) {
    std::set<int64_t> times;
    for (const Record& record : records) {
      times.insert(record.time);
    }
    return times.size();
  }

  static std::map<Access, size_t> Count(const std::vector<Record>& records) {
    std::map<Access, size_t> counts;
    for (const Record& record : records) {
      ++counts[record.access];
    }
    return counts;
  }
};

TEST_P(BpfFaultsTest, RecordsEachWriteToASharedPage) {
  const Pages pages;
  pages.Write();
  Child child([&] { pages.Write(); });
  const auto faults = Trace(child);
  ASSERT_NE(faults, nullptr);
  const int64_t begin = NowNanoseconds();
  child.Run();
  const std::vector<Record> records = Read(*faults, pages);
  EXPECT_EQ(Count(records),
            (std::map<Access, size_t>{{Access::kWriteProtected, kPages}}));
  EXPECT_EQ(faults->lost(), 0);
  int64_t last = begin;
  uint64_t page = 0;
  for (const Record& record : records) {
    EXPECT_EQ(record.process, child.process());
    EXPECT_EQ(record.thread, child.process());
    EXPECT_GE(record.time, last);
    EXPECT_GT(record.address, page);
    last = record.time;
    page = record.address;
  }
  EXPECT_LE(last, NowNanoseconds());
}

TEST_P(BpfFaultsTest, TellsReadsFromWrites) {
  const Pages pages;
  Child child([&] {
    pages.Read();
    pages.Write();
  });
  Child other([&] { pages.Write(); });
  const auto faults = Trace(child);
  ASSERT_NE(faults, nullptr);
  child.Run();
  EXPECT_EQ(Count(Read(*faults, pages)),
            (std::map<Access, size_t>{{Access::kRead, kPages},
                                      {Access::kWriteProtected, kPages}}));
  other.Run();  // is not traced
  EXPECT_TRUE(Read(*faults, pages).empty());
}

TEST_P(BpfFaultsTest, FollowsThreadsAndTheirChildren) {
  const Pages pages;
  pages.Write();
  Child child([&] {
    std::thread([&] {  // the child of a thread
      const pid_t grandchild = fork();
      if (grandchild == 0) {
        pages.Write();
        _exit(0);
      }
      waitpid(grandchild, nullptr, 0);
    })
        .join();
    std::thread([&] { pages.Write(); }).join();
  });
  const auto faults = Trace(child);
  ASSERT_NE(faults, nullptr);
  child.Run();
  std::map<pid_t, size_t> processes;
  for (const Record& record : Read(*faults, pages)) {
    ++processes[record.process];
    EXPECT_EQ(record.thread == record.process,
              record.process != child.process());
  }
  EXPECT_EQ(processes.size(), 2);
  EXPECT_EQ(processes[child.process()], kPages);
}

TEST_P(BpfFaultsTest, RecordsFaultsInsideSystemCalls) {
  const Pages pages;
  pages.Write();
  Child child([&] { pages.Fill(); });
  const auto faults = Trace(child);
  ASSERT_NE(faults, nullptr);
  child.Run();
  EXPECT_EQ(Count(Read(*faults, pages)),
            (std::map<Access, size_t>{{Access::kWriteProtected, kPages}}));
}

TEST_P(BpfFaultsTest, FullAreaLosesFaults) {
  const Pages pages;
  pages.Write();
  Child child([&] { pages.Write(); });
  const int cpu = child.RunOnOneCpu();
  const auto faults = Trace(child, 40);
  ASSERT_NE(faults, nullptr);
  ASSERT_EQ(faults->room(), 32);
  child.Run();
  EXPECT_EQ(faults->Head(cpu), 32);
  EXPECT_GE(faults->lost(), kPages - 32);
  const uint64_t lost = faults->lost();

  Child next([&] { pages.Write(); });  // is not traced
  Read(*faults, pages);
  next.Run();
  EXPECT_EQ(faults->lost(), lost);
}

TEST_P(BpfFaultsTest, ForgetsAProcess) {
  const Pages pages;
  pages.Write();
  Child child([&] { pages.Write(); });
  const auto faults = Trace(child);
  ASSERT_NE(faults, nullptr);
  faults->Forget(child.process());
  child.Run();
  EXPECT_TRUE(Read(*faults, pages).empty());
}

TEST_P(BpfFaultsTest, ALostChainIsNotReplacedByALaterOne) {
  const Pages pages;
  pages.Write();
  Child child([&] { pages.Write(); });
  const int cpu = child.RunOnOneCpu();
  const auto faults = Trace(child);
  ASSERT_NE(faults, nullptr);
  child.Run();
  Record later;
  later.time = NowNanoseconds();
  later.thread = child.process();
  later.chain = 7;
  std::deque<Record> chains = {later};
  std::vector<Record> records;
  faults->Read(cpu, faults->Head(cpu), &chains, &records);
  ASSERT_GE(records.size(), kPages);
  records.pop_back();  // no later fault tells that the chain is not its own
  for (const Record& record : records) {
    EXPECT_EQ(record.chain, kNotSampled);
  }
}

// Each tick of the timer gives a new time to a process that never sleeps.
TEST_P(BpfFaultsTest, TimesGoOnWithTheTimer) {
  constexpr size_t kWrites = 60;  // fewer than there are from chain to chain
  static_assert(kWrites < kFaultsPerChain);
  constexpr int64_t kMoreThanATick = 12'000'000;
  const Pages pages;
  Child child([&] {
    for (size_t i = 0; i < kWrites; ++i) {
      *pages.page(i) = 1;
      Spin(kMoreThanATick);
    }
  });
  const auto faults = Trace(child);
  ASSERT_NE(faults, nullptr);
  child.Run();
  // The ticks of a virtual machine may be late.
  EXPECT_GT(Times(Read(*faults, pages)), kWrites / 2);
}

// What others did while the process slept, or was stopped, was before its next
// fault.
TEST_P(BpfFaultsTest, FaultsAfterASwitchHaveALaterTime) {
  const Pages pages;
  const SharedTimes slept;
  Child child([&] {
    for (size_t i = 0; i < kPages; i += 2) {
      *pages.page(i) = 1;
      slept[i + 1] = NowNanoseconds();
      usleep(1000);  // less may end before the CPU goes to another thread
      *pages.page(i + 1) = 1;
    }
  });
  const auto faults = Trace(child);
  ASSERT_NE(faults, nullptr);
  child.Run();
  ExpectAfter(slept, Read(*faults, pages), pages);
}

// Also after its thread has left the CPU and come back.
TEST_P(BpfFaultsTest, OneReadingOfTheClockServesManyFaults) {
  constexpr size_t kSleeps = 10;
  const Pages pages;
  Child child([&] {
    for (size_t i = 0; i < kPages; ++i) {
      *pages.page(i) = 1;
      if (i < kSleeps) {
        usleep(1000);
      }
    }
  });
  const auto faults = Trace(child);
  ASSERT_NE(faults, nullptr);
  child.Run();
  EXPECT_LT(Times(Read(*faults, pages)), kPages / 2);
}

TEST_P(BpfFaultsTest, TellsProcessesThatShareACpuApart) {
  const Pages pages;
  const auto write_and_sleep = [&] {
    for (size_t i = 0; i < kPages; ++i) {
      *pages.page(i) = 1;
      usleep(10);
    }
  };
  Child child(write_and_sleep);
  Child other(write_and_sleep);  // is not traced
  const int cpu = child.RunOnOneCpu();
  other.RunOnCpu(cpu);
  const auto faults = Trace(child);
  ASSERT_NE(faults, nullptr);
  child.Begin();
  other.Begin();
  child.Wait();
  other.Wait();
  const std::vector<Record> records = Read(*faults, pages);
  EXPECT_EQ(records.size(), kPages);
  for (const Record& record : records) {
    EXPECT_EQ(record.process, child.process());
  }
}

TEST_P(BpfFaultsTest, FaultsAfterABirthHaveALaterTime) {
  const Pages pages;
  const SharedTimes born;
  Child child([&] {
    for (size_t i = 0; i < kPages; i += 2) {
      *pages.page(i) = 1;
      born[i + 1] = NowNanoseconds();
      const pid_t grandchild = fork();
      if (grandchild == 0) {
        _exit(0);
      }
      *pages.page(i + 1) = 1;
      waitpid(grandchild, nullptr, 0);
    }
  });
  const auto faults = Trace(child);
  ASSERT_NE(faults, nullptr);
  child.Run();
  ExpectAfter(born, Read(*faults, pages), pages);
}

// A process that ends gives its claims to shared pages up.
TEST_P(BpfFaultsTest, FaultsAfterAnEndHaveALaterTime) {
  constexpr size_t kRounds = 20;
  constexpr int64_t kMoment = 300'000;
  const Pages pages;
  const SharedTimes ended;
  Child child([&] {
    for (size_t i = 0; i < kRounds; ++i) {
      const pid_t grandchild = fork();
      if (grandchild == 0) {
        usleep(2000);
        _exit(0);
      }
      Spin(kMoment);  // until it sleeps
      *pages.page(2 * i) = 1;
      while (waitpid(grandchild, nullptr, WNOHANG) == 0) {
      }
      ended[2 * i + 1] = NowNanoseconds();
      Spin(kMoment);  // until it has left its CPU
      *pages.page(2 * i + 1) = 1;
    }
  });
  const auto faults = Trace(child);
  ASSERT_NE(faults, nullptr);
  child.Run();
  size_t later = 0;
  for (const Record& record : Read(*faults, pages)) {
    const uint64_t page = pages.IndexOf(record.address);
    later += page % 2 == 1 && record.time > ended[page] ? 1 : 0;
  }
  EXPECT_GT(later, kRounds * 3 / 4);  // it may take longer than a moment
}

// Someone else may watch the same events.
TEST_P(BpfFaultsTest, LeavesEventsToOthers) {
  const Pages pages;
  pages.Write();
  Child child([&] {
    perf_event_attr attributes = {};
    attributes.size = sizeof(attributes);
    attributes.type = PERF_TYPE_TRACEPOINT;
    attributes.config = *TracepointId("exceptions/page_fault_user");
    const auto counter = static_cast<int>(
        syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0));
    pages.Write();
    uint64_t count = 0;
    _exit(read(counter, &count, sizeof(count)) == sizeof(count) &&
                  count >= kPages
              ? 0
              : 1);
  });
  const auto faults = Trace(child);
  ASSERT_NE(faults, nullptr);
  child.Run();
}

INSTANTIATE_TEST_SUITE_P(Sources, BpfFaultsTest,
                         ::testing::Values(BpfSource::kRaw, BpfSource::kEvent),
                         [](const auto& source) {
                           return source.param == BpfSource::kRaw ? "Raw"
                                                                  : "Event";
                         });

// Numbers of processes in the kernel are not ours in another PID namespace.
TEST(BpfFaultsOpenTest, IsImpossibleInAPidNamespace) {
  if (!MayUseBpf()) {
    GTEST_SKIP() << "SKIPPED: needs root, bpf(2), the initial PID namespace";
  }
  const pid_t child = fork();
  if (child == 0) {
    if (unshare(CLONE_NEWPID) != 0) {
      _exit(2);
    }
    const pid_t inside = fork();
    if (inside == 0) {
      _exit(BpfFaults::Open(getpid(), kCpus, 4096) == nullptr ? 0 : 1);
    }
    int status = 0;
    waitpid(inside, &status, 0);
    _exit(WEXITSTATUS(status));
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace cowbench::trace
