// What a heap has been through before, and while, a data set is built in it.
#ifndef COWBENCH_LIB_WORKLOAD_HISTORY_H_
#define COWBENCH_LIB_WORKLOAD_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <random>

namespace cowbench::workload {

// Blocks of 16 bytes to 4 KiB, each power of two as likely as the next, that
// come and go at random. The requests depend on the arguments alone: they are
// the same, in the same order, for every allocator.
//
// What is live when the history ends stays so for the rest of the process. The
// list of blocks lies outside of the heap.
class History {
 public:
  // Allocates blocks until `live_bytes` are requested, and then replaces as
  // many blocks as there are, one by one, by others of other sizes. Throws
  // std::bad_alloc.
  explicit History(uint64_t live_bytes);
  History(const History&) = delete;
  History& operator=(const History&) = delete;
  ~History();

  // Frees blocks, chosen at random, until at most `live_bytes` are left.
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
