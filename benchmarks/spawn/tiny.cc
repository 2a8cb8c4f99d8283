// The small program: reports when it begins to run, and ends.
//
// Linked statically, so that the time until it runs is the kernel's alone,
// without the dynamic linker.
#include "benchmarks/spawn/tiny.h"

#include <unistd.h>

#include <cstdint>
#include <ctime>

int main() {
  timespec now;
  if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) {
    return 1;
  }
  const int64_t ns = int64_t{1'000'000'000} * now.tv_sec + now.tv_nsec;
  return write(cowbench::kStartPipe, &ns, sizeof(ns)) == sizeof(ns) ? 0 : 1;
}
