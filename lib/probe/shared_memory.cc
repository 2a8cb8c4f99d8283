#include "lib/probe/shared_memory.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/probe/mappings.h"

namespace cowbench::probe {

absl::StatusOr<SharedMemory> SharedMemory::Map(size_t bytes) {
  void* data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (data == MAP_FAILED) {
    return absl::ResourceExhaustedError(
        absl::StrCat("mmap of ", bytes, " bytes: ", strerror(errno)));
  }
  return SharedMemory(data, bytes);
}

SharedMemory::~SharedMemory() {
  if (data_ != nullptr) {
    munmap(data_, bytes_);
  }
}

void SharedMemory::Touch() const {
  // Storing what was just read would undo what another process stores between.
  madvise(data_, bytes_, MADV_POPULATE_WRITE);
}

}  // namespace cowbench::probe
