// Records the page faults of children that do a known thing, by both kinds of
// programs.
#include "lib/trace/bpf_faults.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "lib/probe/mappings.h"
#include "lib/trace/fault_events.h"

namespace cowbench::trace {
namespace {

constexpr size_t kPages = 300;
const size_t kPage = probe::PageSize();
const auto kCpus = static_cast<int>(sysconf(_SC_NPROCESSORS_CONF));

// PROC_PID_INIT_INO in the kernel's linux/proc_ns.h.
constexpr ino_t kInitialPidNamespace = 0xeffffffc;

// Whether this machine lets us use bpf(2), as far as can be told without it.
bool MayUseBpf() {
  bpf_attr attributes = {};
  attributes.map_type = BPF_MAP_TYPE_ARRAY;
  attributes.key_size = sizeof(uint32_t);
  attributes.value_size = sizeof(uint64_t);
  attributes.max_entries = 1;
  const auto map = static_cast<int>(
      syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof(attributes)));
  close(map);
  struct stat pid_namespace;
  return map >= 0 && geteuid() == 0 && TracepointId("task/task_newtask") &&
         TracepointId("exceptions/page_fault_user") &&
         stat("/proc/self/ns/pid", &pid_namespace) == 0 &&
         pid_namespace.st_ino == kInitialPidNamespace;
}

class Pages {
 public:
  Pages()
      : at_(static_cast<char*>(mmap(nullptr, kPages * kPage,
                                    PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    madvise(at_, kPages * kPage, MADV_NOHUGEPAGE);
  }
  ~Pages() { munmap(at_, kPages * kPage); }

  void Write() const {
    for (size_t i = 0; i < kPages; ++i) {
      *page(i) = 1;
    }
  }
  void Read() const {
    for (size_t i = 0; i < kPages; ++i) {
      static_cast<void>(*page(i));
    }
  }
  // Has the kernel write to them.
  void Fill() const {
    const int zeros = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    for (size_t i = 0; i < kPages; ++i) {
      if (read(zeros, at_ + i * kPage, 1) != 1) {
        _exit(2);
      }
    }
  }
  volatile char* page(size_t i) const { return at_ + i * kPage; }
  uint64_t IndexOf(uint64_t address) const {
    return (address - reinterpret_cast<uint64_t>(at_)) / kPage;
  }
  bool Has(uint64_t address) const { return IndexOf(address) < kPages; }

 private:
  char* at_;
};

// A child that waits before it runs its body.
class Child {
 public:
  template <typename Body>
  explicit Child(Body body) {
    if (pipe(pipe_) != 0) {
      abort();
    }
    process_ = fork();
    if (process_ == 0) {
      char go = 0;
      close(pipe_[1]);
      _exit(read(pipe_[0], &go, 1) == 1 ? (body(), 0) : 1);
    }
    close(pipe_[0]);
  }
  pid_t process() const { return process_; }
  void Run() {
    int status = -1;
    if (write(pipe_[1], "", 1) != 1) {
      abort();
    }
    close(pipe_[1]);
    waitpid(process_, &status, 0);
    EXPECT_EQ(status, 0);
  }

 private:
  int pipe_[2];
  pid_t process_;
};

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
    std::sort(records.begin(), records.end(),
              [](const Record& a, const Record& b) { return a.time < b.time; });
    return records;
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
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(0, &one);
  ASSERT_EQ(sched_setaffinity(child.process(), sizeof(one), &one), 0);
  const auto faults = Trace(child, 40);
  ASSERT_NE(faults, nullptr);
  ASSERT_EQ(faults->room(), 32);
  child.Run();
  EXPECT_EQ(faults->Head(0), 32);
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

TEST(FaultRingsTest, UsesBpfForAllFaultsOnly) {
  if (!MayUseBpf()) {
    GTEST_SKIP() << "SKIPPED: needs root, bpf(2), the initial PID namespace";
  }
  for (const CallGraph graph : {CallGraph::kFramePointers, CallGraph::kDwarf}) {
    for (const Faults kind : {Faults::kAll, Faults::kSampled}) {
      const auto rings = FaultRings::Open(getpid(), {getpid()}, kind, graph);
      ASSERT_TRUE(rings.ok()) << rings.status();
      EXPECT_EQ(rings->uses_bpf(), kind == Faults::kAll);
    }
  }
}

[[gnu::noinline]] void WriteOne(volatile char* at) { *at = 1; }
[[gnu::noinline]] void WriteTwo(volatile char* at) { *at = 2; }

// Each chain belongs to its own fault: even pages are written by one function,
// odd ones by another.
TEST(FaultRingsTest, OneFaultInThirtyOneHasItsChain) {
  if (!MayUseBpf()) {
    GTEST_SKIP() << "SKIPPED: needs root, bpf(2), the initial PID namespace";
  }
  const Pages pages;
  pages.Write();
  Child child([&] {
    for (size_t i = 0; i < kPages; ++i) {
      (i % 2 == 0 ? WriteOne : WriteTwo)(pages.page(i));
    }
  });
  auto rings = FaultRings::Open(child.process(), {child.process()},
                                Faults::kAll, CallGraph::kFramePointers);
  ASSERT_TRUE(rings.ok()) << rings.status();
  ASSERT_TRUE(rings->uses_bpf());
  child.Run();
  std::deque<Record> records;
  rings->Read(&records);
  size_t faults = 0;
  size_t chains = 0;
  for (const Record& record : records) {
    if (!pages.Has(record.address)) {
      continue;
    }
    ++faults;
    if (record.chain != kNotSampled) {
      ++chains;
      const bool is_even = pages.IndexOf(record.address) % 2 == 0;
      const auto function =
          reinterpret_cast<uint64_t>(is_even ? WriteOne : WriteTwo);
      ASSERT_FALSE(rings->chains().Get(record.chain).empty());
      EXPECT_LT(rings->chains().Get(record.chain)[0] - function, 16);
    }
  }
  EXPECT_EQ(faults, kPages);
  // Each CPU that the child ran on has its own count.
  EXPECT_LE(chains, faults / kFaultsPerChain + static_cast<size_t>(kCpus));
  EXPECT_GE(chains + static_cast<size_t>(kCpus), faults / kFaultsPerChain);
  EXPECT_EQ(rings->lost(), 0);
}

// Numbers of processes in the kernel are not ours in another PID namespace.
TEST(FaultRingsTest, UsesNoBpfInAPidNamespace) {
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
