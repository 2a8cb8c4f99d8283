// A minimal malloc: it returns memory in order and frees nothing. The test of
// allocator variants preloads it into subjects. With BUMP_RANDOM in the
// environment, it leaves gaps whose size depends on the process id. Like those
// of a hardened allocator, they differ between processes.
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace {

constexpr size_t kAlignment = 16;
constexpr size_t kReservedBytes = size_t{16} << 30;

uintptr_t next_byte = 0;
size_t gap = 0;

void* Allocate(size_t alignment, size_t bytes) {
  if (next_byte == 0) {
    void* const memory =
        mmap(nullptr, kReservedBytes, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
      return nullptr;
    }
    next_byte = reinterpret_cast<uintptr_t>(memory);
    if (getenv("BUMP_RANDOM") != nullptr) {
      gap = static_cast<size_t>(getpid() % 251) * kAlignment;
    }
  }
  next_byte += gap;
  // The size stands in front of the block, for realloc().
  const uintptr_t begin =
      (next_byte + sizeof(size_t) + alignment - 1) / alignment * alignment;
  reinterpret_cast<size_t*>(begin)[-1] = bytes;
  next_byte = begin + bytes;
  return reinterpret_cast<void*>(begin);
}

}  // namespace

extern "C" {

void* malloc(size_t bytes) { return Allocate(kAlignment, bytes); }

void free(void*) {}

// All memory is new, so it is zero.
void* calloc(size_t count, size_t bytes) {
  return Allocate(kAlignment, count * bytes);
}

void* realloc(void* block, size_t bytes) {
  void* const moved = Allocate(kAlignment, bytes);
  if (block != nullptr && moved != nullptr) {
    const size_t old_bytes = static_cast<size_t*>(block)[-1];
    memcpy(moved, block, old_bytes < bytes ? old_bytes : bytes);
  }
  return moved;
}

int posix_memalign(void** block, size_t alignment, size_t bytes) {
  *block = Allocate(alignment < kAlignment ? kAlignment : alignment, bytes);
  return *block == nullptr ? ENOMEM : 0;
}

}  // extern "C"
