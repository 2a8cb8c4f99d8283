// The program that //benchmarks:program_cost traces. It forks children that
// write to its data.
//
//   program_load MIB FORKS write|idle
//
// Prints for each fork: the seconds of fork() in the parent, and the seconds of
// CPU time in which the child wrote a byte to each page.
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

constexpr size_t kPage = 4096;

double Now(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_nsec) * 1e-9;
}

char* Map(size_t bytes, int flags) {
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                            flags | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    perror("mmap");
    exit(1);
  }
  return static_cast<char*>(memory);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    return 2;
  }
  const size_t bytes = strtoull(argv[1], nullptr, 10) << 20;
  const int forks = atoi(argv[2]);
  const bool writes = std::string_view(argv[3]) == "write";
  char* const data = Map(bytes, MAP_PRIVATE);
  madvise(data, bytes, MADV_NOHUGEPAGE);
  memset(data, 1, bytes);
  auto* const wrote = reinterpret_cast<double*>(Map(kPage, MAP_SHARED));
  for (int i = 0; i < forks; ++i) {
    *wrote = 0;
    const double before = Now(CLOCK_MONOTONIC);
    const pid_t child = fork();
    if (child == 0) {
      const double begin = Now(CLOCK_THREAD_CPUTIME_ID);
      for (size_t at = 0; writes && at < bytes; at += kPage) {
        static_cast<volatile char*>(data)[at] = 2;
      }
      *wrote = Now(CLOCK_THREAD_CPUTIME_ID) - begin;
      _exit(0);
    }
    const double forked = Now(CLOCK_MONOTONIC) - before;
    waitpid(child, nullptr, 0);
    printf("%.9f %.9f\n", forked, *wrote);
  }
  return 0;
}
