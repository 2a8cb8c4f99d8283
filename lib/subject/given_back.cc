// Replaces the C library's functions that give memory back, to report the calls
// of allocators. The C library's own malloc calls them by other names, so its
// calls are not reported.
#include "lib/fork/given_back.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef __SANITIZE_ADDRESS__  // AddressSanitizer replaces them itself

namespace {

// Linux 5.18 and 6.13; the C library of Debian 12 does not know the second one.
constexpr int kDontNeedLocked = 24;
constexpr int kGuardInstall = 102;

}  // namespace

extern "C" int madvise(void* address, size_t bytes, int advice) noexcept {
  const auto result =
      static_cast<int>(syscall(SYS_madvise, address, bytes, advice));
  if (result == 0 && (advice == MADV_DONTNEED || advice == MADV_FREE ||
                      advice == MADV_REMOVE || advice == kDontNeedLocked ||
                      advice == kGuardInstall)) {
    cowbench::ReportGivenBack(bytes);
  }
  return result;
}

extern "C" int munmap(void* address, size_t bytes) noexcept {
  const auto result = static_cast<int>(syscall(SYS_munmap, address, bytes));
  if (result == 0) {
    cowbench::ReportGivenBack(bytes);
  }
  return result;
}

#endif
