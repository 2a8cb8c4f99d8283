#include "lib/probe/settle.h"

#include <sys/mman.h>

#include <cerrno>
#include <ctime>

#include "absl/strings/str_cat.h"
#include "lib/probe/mappings.h"

namespace cowbench::probe {
namespace {

// A function of its own, so that the array lies where the frames of functions
// that the caller calls later will lie.
[[gnu::noinline]] void TouchStack() {
  [[maybe_unused]] volatile char stack[kSettledStackBytes];
  for (size_t i = 0; i < kSettledStackBytes; i += 64) {
    stack[i] = 0;
  }
}

}  // namespace

absl::Status Settle() {
  TouchStack();
  errno = 0;  // thread-local storage is a page to be copied, too
  // The clock is read by code in the vdso, which madvise() leaves alone.
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  absl::Status status;
  absl::Status listed = ForEachMapping([&status](const Mapping& mapping) {
    if (mapping.has_file && mapping.is_private && mapping.readable &&
        !mapping.writable && status.ok() &&
        madvise(reinterpret_cast<void*>(mapping.begin),
                mapping.end - mapping.begin, MADV_POPULATE_READ) != 0) {
      status = absl::InternalError(
          absl::StrCat("madvise(MADV_POPULATE_READ): ",
                       absl::ErrnoToStatus(errno, "").message()));
    }
  });
  return listed.ok() ? status : listed;
}

}  // namespace cowbench::probe
