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

// 32 TiB: above mimalloc's arenas (src/os.c, mi_os_get_aligned_hint), far below
// the stack, from which mmap(2) goes down. The slots have room for the largest
// mapping that is ever asked for.
constexpr uintptr_t kFirstSlot = uintptr_t{1} << 45;
constexpr uintptr_t kSlotBytes = uintptr_t{1} << 34;
constexpr int kSlots = 16;

void* MapShared(uintptr_t address, size_t bytes, int flags) {
  return mmap(reinterpret_cast<void*>(address), bytes, PROT_READ | PROT_WRITE,
              MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0);
}

}  // namespace

absl::StatusOr<SharedMemory> SharedMemory::Map(size_t bytes) {
  void* data = MAP_FAILED;
  for (int slot = 0; slot < kSlots && data == MAP_FAILED; ++slot) {
    data = MapShared(kFirstSlot + static_cast<uintptr_t>(slot) * kSlotBytes,
                     bytes, MAP_FIXED_NOREPLACE);
    if (data == MAP_FAILED && errno != EEXIST) {
      break;  // a smaller address space than usual, or no memory at all
    }
  }
  if (data == MAP_FAILED) {
    data = MapShared(0, bytes, 0);
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
  // Storing what was just read would undo what another process stores between.
  madvise(data_, bytes_, MADV_POPULATE_WRITE);
}

}  // namespace cowbench::probe
