// Stands in front of the C library's functions that give memory back, so that
// what allocators do with them is reported. The C library's own malloc calls
// them by other names, and is not seen.
#include "lib/fork/given_back.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef __SANITIZE_ADDRESS__  // which stands there itself

extern "C" int madvise(void* address, size_t bytes, int advice) noexcept {
  if (advice == MADV_DONTNEED || advice == MADV_FREE || advice == MADV_REMOVE) {
    cowbench::ReportGivenBack(bytes);
  }
  return static_cast<int>(syscall(SYS_madvise, address, bytes, advice));
}

extern "C" int munmap(void* address, size_t bytes) noexcept {
  cowbench::ReportGivenBack(bytes);
  return static_cast<int>(syscall(SYS_munmap, address, bytes));
}

#endif
