// A traced program that does one thing to 256 pages. NAME says which.
//
//   scenario NAME
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>
#include <vector>

namespace {

const auto kPage = static_cast<size_t>(getpagesize());
constexpr size_t kPages = 256;
constexpr size_t kManyPages = 16 << 10;
constexpr size_t kHuge = size_t{2} << 20;

// Shared memory, which fork never copies: how far parent and child have come.
volatile int* stage;
char* data;
cpu_set_t all;  // the CPUs that it had at its start

char* Map(size_t bytes, int flags) {
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                            flags | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    abort();
  }
  return static_cast<char*>(memory);
}

// Writes to each page the value that it already has.
[[gnu::noinline]] void Write(size_t pages = kPages) {
  for (size_t i = 0; i < pages; ++i) {
    volatile char& byte = data[i * kPage];
    byte = byte;
  }
}

void WaitFor(int value) {
  while (*stage < value) {
    usleep(100);
  }
}

// Even a page that no other process maps is copied while its frame is in
// another CPU's batch for the LRU lists. So this touches enough other pages on
// each CPU to empty its batch. Then it stays on one CPU, since two processes
// that write to a shared page at the same moment both copy it.
void EmptyBatches() {
  sched_getaffinity(0, sizeof(all), &all);
  char* const other = Map(512 * kPage, MAP_PRIVATE);
  madvise(other, 512 * kPage, MADV_NOHUGEPAGE);
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &all)) {
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(cpu, &one);
      sched_setaffinity(0, sizeof(one), &one);
      memset(other, 1, 512 * kPage);
      madvise(other, 512 * kPage, MADV_DONTNEED);
    }
  }
  munmap(other, 512 * kPage);
}

template <typename Body>
pid_t Child(Body body) {
  const pid_t child = fork();
  if (child == 0) {
    body();
    _exit(0);
  }
  return child;
}

void Wait(pid_t child) { waitpid(child, nullptr, 0); }

template <typename Body>
void RunTogether(size_t count, Body body) {
  std::vector<pid_t> children(count);
  for (pid_t& child : children) {
    child = Child(body);
  }
  for (const pid_t child : children) {
    Wait(child);
  }
}

// Generates a function, announces its name the way JIT compilers do, and writes
// with it.
void WriteByMadeCode() {
#if defined(__x86_64__)
  constexpr unsigned char kStore[] = {0xc6, 0x07, 0x02,  // movb $2, (%rdi)
                                      0xc3};             // ret
#elif defined(__aarch64__)
  constexpr uint32_t kStore[] = {0x52800041,   // mov w1, #2
                                 0x39000001,   // strb w1, [x0]
                                 0xd65f03c0};  // ret
#endif
  void* const code = mmap(nullptr, kPage, PROT_READ | PROT_WRITE | PROT_EXEC,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (code == MAP_FAILED) {
    abort();
  }
  memcpy(code, kStore, sizeof(kStore));
  __builtin___clear_cache(static_cast<char*>(code),
                          static_cast<char*>(code) + sizeof(kStore));
  char path[64];
  snprintf(path, sizeof(path), "/tmp/perf-%d.map", getpid());
  FILE* const map = fopen(path, "w");
  if (map == nullptr) {
    abort();
  }
  fprintf(map, "%lx %zx made by the program\n",
          reinterpret_cast<uintptr_t>(code), sizeof(kStore));
  fclose(map);
  for (size_t i = 0; i < kPages; ++i) {
    reinterpret_cast<void (*)(char*)>(code)(data + i * kPage);
  }
}

int Run(std::string_view name) {
  if (name == "child_writes") {
    Wait(Child([] { Write(); }));
  } else if (name == "kernel_moves_pages") {
    Wait(Child([] {
      Write();
      // For root, has the kernel move pages together: ours, too, if they lie
      // where it wants room.
      const int compact = open("/proc/sys/vm/compact_memory", O_WRONLY);
      static_cast<void>(!write(compact, "1", 1));
    }));
  } else if (name == "unread") {
    const pid_t child = Child([] {
      WaitFor(1);
      usleep(50'000);  // lets the tracer report that the parent has stopped
      Write(kManyPages);
    });
    *stage = 1;
    raise(SIGSTOP);
    Wait(child);
  } else if (name == "parent_writes_after") {
    Wait(Child([] {}));
    Write();
  } else if (name == "two_children_then_parent") {
    const pid_t one = Child([] {
      Write();
      *stage = 1;
      WaitFor(3);
    });
    const pid_t two = Child([] {
      WaitFor(1);
      Write();
      *stage = 2;
      WaitFor(3);
    });
    WaitFor(2);
    Write();
    *stage = 3;
    Wait(one);
    Wait(two);
  } else if (name == "parent_writes_meanwhile") {
    const pid_t child = Child([] { WaitFor(1); });
    Write();
    *stage = 1;
    Wait(child);
  } else if (name == "both_write_at_once") {
    sched_setaffinity(0, sizeof(all), &all);
    const auto write_in_step = [](int own, int other) {
      for (int i = 0; i < static_cast<int>(kPages); ++i) {
        volatile char& byte = data[static_cast<size_t>(i) * kPage];
        stage[own] = i + 1;
        while (stage[other] <= i) {
        }
        byte = byte;
      }
    };
    const pid_t child = Child([&] {
      write_in_step(1, 2);
      WaitFor(1);
    });
    write_in_step(2, 1);
    *stage = 1;
    Wait(child);
  } else if (name == "given_back") {
    Wait(Child([] {
      Write();
      madvise(data, kPages * kPage, MADV_DONTNEED);
      Write();
    }));
  } else if (name == "given_back_at_end") {
    Wait(Child([] {
      Write();
      madvise(data, kPages * kPage, MADV_DONTNEED);
    }));
  } else if (name == "system_call") {
    Wait(Child([] {
      const int zeros = open("/dev/zero", O_RDONLY);
      // Not read(), which since glibc 2.41 leaves the system call to a function
      // that has no name in a stripped library.
      if (syscall(SYS_read, zeros, data, kPages * kPage) !=
          static_cast<ssize_t>(kPages * kPage)) {
        abort();
      }
    }));
  } else if (name == "made_code") {
    Wait(Child(WriteByMadeCode));
  } else if (name == "grandchild") {
    Wait(Child([] { Wait(Child([] { Write(); })); }));
  } else if (name == "many_grandchildren") {
    RunTogether(24, [] {
      Write();
      Wait(Child([] { Write(); }));
    });
  } else if (name == "first_thread_at_once") {
    // Many at a time, so that some new threads have to wait for a CPU.
    RunTogether(40, [] {
      std::thread([] {
        Write();
        usleep(50'000);  // lets the first thread end by itself
        _exit(0);
      }).detach();
      pthread_exit(nullptr);
    });
  } else if (name == "of_a_thread") {
    std::thread([] { Wait(Child([] { Write(); })); }).join();
  } else if (name == "thread_writes") {
    Wait(Child([] { std::thread([] { Write(); }).join(); }));
  } else if (name == "first_thread_first") {
    Wait(Child([] {
      std::thread([] {
        usleep(50'000);
        Write();
        _exit(0);
      }).detach();
      pthread_exit(nullptr);
    }));
  } else if (name == "vfork") {
    const pid_t child = vfork();
    if (child == 0) {
      Write();
      _exit(0);
    }
    Wait(child);
  } else if (name == "spawn") {
    char program[] = "/bin/true";
    char* arguments[] = {program, nullptr};
    pid_t child = 0;
    if (posix_spawn(&child, program, nullptr, nullptr, arguments, environ) !=
        0) {
      abort();
    }
    Wait(child);
  } else if (name == "exec") {
    Wait(Child([] {
      Write();
      execl("/bin/true", "true", nullptr);
    }));
  } else if (name == "killed") {
    const pid_t child = Child([] {
      Write();
      *stage = 1;
      WaitFor(2);
    });
    WaitFor(1);
    kill(child, SIGKILL);
    Wait(child);
  } else if (name == "crashed") {
    Wait(Child([] {
      Write();
      raise(SIGSEGV);
    }));
  } else if (name == "parent_first") {
    Wait(Child([] {
      Child([] {
        WaitFor(1);
        Write();
        *stage = 2;
      });
    }));
    *stage = 1;
    WaitFor(2);
  } else if (name == "many") {
    for (int started = 0, running = 0; started < 500 || running > 0;) {
      if (started < 500 && running < 64) {
        Child([] { Write(16); });
        ++started;
        ++running;
      } else {
        wait(nullptr);
        --running;
      }
    }
  } else {
    return 2;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view name = argc == 2 ? argv[1] : "";
  stage = reinterpret_cast<volatile int*>(Map(kPage, MAP_SHARED));
  *stage = 0;
  if (name == "exit_7") {
    return 7;
  }
  if (name == "kill_me") {
    kill(getpid(), SIGTERM);
  }
  if (name == "zero_page") {
    data = Map((kPages + 1) * kPage, MAP_PRIVATE);
    madvise(data, (kPages + 1) * kPage, MADV_NOHUGEPAGE);
    // fork() does not copy the page tables of mappings that were never written
    // to.
    data[kPages * kPage] = 1;
    for (size_t i = 0; i < kPages; ++i) {
      if (static_cast<volatile char*>(data)[i * kPage] != 0) {
        abort();
      }
    }
    Wait(Child([] { Write(); }));
    return 0;
  }
  if (name == "huge_pages") {
    char* const memory = Map(3 * kHuge, MAP_PRIVATE);
    data = reinterpret_cast<char*>(
        (reinterpret_cast<uintptr_t>(memory) + kHuge - 1) / kHuge * kHuge);
    madvise(data, 2 * kHuge, MADV_HUGEPAGE);
    memset(data, 1, 2 * kHuge);
    Wait(Child([] {
      *static_cast<volatile char*>(data) = 2;
      *static_cast<volatile char*>(data + kHuge) = 2;
    }));
    return 0;
  }
  const size_t bytes = (name == "unread" ? kManyPages : kPages) * kPage;
  data = Map(bytes, MAP_PRIVATE);
  madvise(data, bytes, MADV_NOHUGEPAGE);
  memset(data, 1, bytes);
  EmptyBatches();
  return Run(name);
}
