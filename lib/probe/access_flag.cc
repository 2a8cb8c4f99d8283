#include "lib/probe/access_flag.h"

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

#include "lib/probe/faults.h"
#include "lib/probe/mappings.h"

namespace cowbench::probe {

bool FirstAccessFaults() {
  constexpr size_t kPages = 16;
  const size_t bytes = kPages * PageSize();
  void* const mapping = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) {
    return false;
  }
  // In a larger page, one fault would do for several of them.
  madvise(mapping, bytes, MADV_NOHUGEPAGE);
  auto* const pages = static_cast<volatile char*>(mapping);
  for (size_t i = 0; i < kPages; ++i) {
    pages[i * PageSize()] = 1;
  }
  Faults before;
  Faults after;
  const bool is_measured =
      madvise(mapping, bytes, MADV_COLD) == 0 && ReadFaults(&before);
  for (size_t i = 0; i < kPages; ++i) {
    [[maybe_unused]] const char byte = pages[i * PageSize()];
  }
  const bool faults = is_measured && ReadFaults(&after) &&
                      after.minor - before.minor >= int64_t{kPages};
  munmap(mapping, bytes);
  return faults;
}

}  // namespace cowbench::probe
