// A history of allocations before and during the build of a data set.
#ifndef COWBENCH_LIB_WORKLOAD_HISTORY_H_
#define COWBENCH_LIB_WORKLOAD_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <random>

namespace cowbench::workload {

// Allocates and frees blocks at random, of 16 bytes to 4 KiB, with each power
// of two as likely as the next. The requests depend only on the arguments, so
// that every allocator gets the same ones in the same order.
//
// Blocks that are live at the end stay live until the process ends. The list of
// blocks lies outside the heap.
class History {
 public:
  // Allocates blocks of `live_bytes` in total, then replaces as many blocks,
  // one by one, by blocks of other sizes. Throws std::bad_alloc.
  explicit History(uint64_t live_bytes);
  History(const History&) = delete;
  History& operator=(const History&) = delete;
  ~History();

  // Frees random blocks until at most `live_bytes` are left.
  void ShrinkTo(uint64_t live_bytes);

 private:
  struct Block {
    void* memory;
    uint64_t bytes;
  };

  Block NewBlock();
  uint64_t AnyBlock() { return random_() % count_; }

  std::mt19937_64 random_;  // with its fixed default seed
  uint64_t live_bytes_ = 0;
  uint64_t count_ = 0;
  size_t list_bytes_;
  Block* blocks_;
};

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_HISTORY_H_
