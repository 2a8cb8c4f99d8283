#include "lib/workload/history.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <new>

namespace cowbench::workload {
namespace {

constexpr uint64_t kLeastBytes = 16;
constexpr uint64_t kPowers = 8;  // of two, up to 4 KiB

}  // namespace

History::History(uint64_t live_bytes)
    : list_bytes_((live_bytes / kLeastBytes + 1) * sizeof(Block)),
      blocks_(static_cast<Block*>(
          mmap(nullptr, list_bytes_, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))) {
  if (blocks_ == MAP_FAILED) {
    throw std::bad_alloc();
  }
  while (live_bytes_ < live_bytes) {
    blocks_[count_] = NewBlock();
    ++count_;
  }
  for (uint64_t i = 0; i < count_; ++i) {
    Block& block = blocks_[AnyBlock()];
    free(block.memory);
    live_bytes_ -= block.bytes;
    block = NewBlock();
  }
}

History::~History() { munmap(blocks_, list_bytes_); }

void History::ShrinkTo(uint64_t live_bytes) {
  while (live_bytes_ > live_bytes) {
    Block& block = blocks_[AnyBlock()];
    free(block.memory);
    live_bytes_ -= block.bytes;
    block = blocks_[--count_];
  }
}

History::Block History::NewBlock() {
  const uint64_t low = kLeastBytes << random_() % kPowers;
  const uint64_t bytes = low + random_() % low;
  void* const memory = malloc(bytes);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  memset(memory, 1, bytes);
  live_bytes_ += bytes;
  return {memory, bytes};
}

}  // namespace cowbench::workload
