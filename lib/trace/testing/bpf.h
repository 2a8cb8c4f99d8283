// What tests of the recording of page faults share: children that wait before
// they write to some pages.
#ifndef COWBENCH_LIB_TRACE_TESTING_BPF_H_
#define COWBENCH_LIB_TRACE_TESTING_BPF_H_

#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "gtest/gtest.h"
#include "lib/probe/mappings.h"
#include "lib/trace/fault_events.h"

namespace cowbench::trace {

inline constexpr size_t kPages = 300;
inline const size_t kPage = probe::PageSize();
inline const auto kCpus = static_cast<int>(sysconf(_SC_NPROCESSORS_CONF));

// PROC_PID_INIT_INO in the kernel's linux/proc_ns.h.
inline constexpr ino_t kInitialPidNamespace = 0xeffffffc;

// Whether this machine lets us use bpf(2), as far as can be told without it.
inline bool MayUseBpf() {
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

// A time for each page, which children can set.
class SharedTimes {
 public:
  SharedTimes()
      : at_(static_cast<int64_t*>(mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                                       MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {}
  ~SharedTimes() { munmap(at_, kBytes); }

  int64_t& operator[](size_t page) const { return at_[page]; }

 private:
  static constexpr size_t kBytes = kPages * sizeof(int64_t);
  int64_t* at_;
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
  // Returns the CPU.
  int RunOnOneCpu() const {
    const int cpu = sched_getcpu();
    RunOnCpu(cpu);
    return cpu;
  }
  void RunOnCpu(int cpu) const {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    EXPECT_EQ(sched_setaffinity(process_, sizeof(one), &one), 0);
  }
  void Begin() {
    if (write(pipe_[1], "", 1) != 1) {
      abort();
    }
    close(pipe_[1]);
  }
  void Wait() const {
    int status = -1;
    waitpid(process_, &status, 0);
    EXPECT_EQ(status, 0);
  }
  void Run() {
    Begin();
    Wait();
  }

 private:
  int pipe_[2];
  pid_t process_;
};

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_TESTING_BPF_H_
