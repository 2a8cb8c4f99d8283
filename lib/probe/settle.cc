#include "lib/probe/settle.h"

#include <link.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <ctime>

#include "absl/strings/str_cat.h"
#include "lib/probe/mappings.h"

namespace cowbench::probe {
namespace {

// Not inlined, so that the array lies where functions that the caller calls
// later will have their frames.
[[gnu::noinline]] void TouchStack() {
  [[maybe_unused]] volatile char stack[kSettledStackBytes];
  for (size_t i = 0; i < kSettledStackBytes; i += 64) {
    stack[i] = 0;
  }
}

// For dl_iterate_phdr(3): populates the segments of one program or library.
// Returns errno if it fails, which ends the iteration.
int PopulateObject(dl_phdr_info* object, size_t, void*) {
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    const uintptr_t begin = object->dlpi_addr + segment.p_vaddr;
    const uintptr_t first_page = begin & ~(PageSize() - 1);
    // The vdso is no file; SettleStack() touches it.
    if (segment.p_type == PT_LOAD && (segment.p_flags & PF_W) == 0 &&
        first_page != getauxval(AT_SYSINFO_EHDR) &&
        madvise(reinterpret_cast<void*>(first_page),
                begin + segment.p_memsz - first_page,
                MADV_POPULATE_READ) != 0) {
      return errno;
    }
  }
  return 0;
}

}  // namespace

void SettleStack() {
  TouchStack();
  errno = 0;
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);  // runs in the vdso
}

absl::Status Settle() {
  SettleStack();
  const int error = dl_iterate_phdr(PopulateObject, nullptr);
  if (error != 0) {
    return absl::InternalError(
        absl::StrCat("madvise(MADV_POPULATE_READ): ", strerror(error)));
  }
  return absl::OkStatus();
}

}  // namespace cowbench::probe
