#include "lib/probe/shared_memory.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/probe/mappings.h"

namespace cowbench::probe {

namespace {

// 32 TiB: above mimalloc's arenas (src/os.c, mi_os_get_aligned_hint), and far
// below the stack, near which mmap(2) begins. The largest mapping that anybody
// asks for fits into a slot.
constexpr uintptr_t kFirstSlot = uintptr_t{1} << 45;
constexpr uintptr_t kSlotBytes = uintptr_t{1} << 34;
constexpr uintptr_t kSlots = 256;

// At `address` if that is possible.
void* MapShared(uintptr_t address, size_t bytes) {
  return mmap(reinterpret_cast<void*>(address), bytes, PROT_READ | PROT_WRITE,
              MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

}  // namespace

absl::StatusOr<SharedMemory> SharedMemory::Map(size_t bytes) {
  void* data = MAP_FAILED;
  for (uintptr_t slot = 0; slot < kSlots; ++slot) {
    const uintptr_t address = kFirstSlot + slot * kSlotBytes;
    data = MapShared(address, bytes);
    if (data == MAP_FAILED || data == reinterpret_cast<void*>(address)) {
      break;
    }
    munmap(data, bytes);
    if (slot + 1 == kSlots) {  // these addresses do not exist: take any other
      data = MapShared(0, bytes);
    }
  }
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
  // Not by reading and storing each byte, which would undo what another process
  // stores in between.
  madvise(data_, bytes_, MADV_POPULATE_WRITE);
}

}  // namespace cowbench::probe
