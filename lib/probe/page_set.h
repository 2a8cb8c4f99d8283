#ifndef COWBENCH_LIB_PROBE_PAGE_SET_H_
#define COWBENCH_LIB_PROBE_PAGE_SET_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/probe/shared_memory.h"

namespace cowbench::probe {

// A set of pages of this process: one bit for each page, in memory that is
// shared with children and not counted (lib/probe/shared_memory.h).
class PageSet {
 public:
  // Empty. Errors: kResourceExhausted when there is no address space left.
  static absl::StatusOr<PageSet> Create();

  // Adds the pages that `bytes` bytes at `begin` lie on. There is room for
  // pages in 4095 different GiB of addresses.
  void Add(const void* begin, size_t bytes) {
    if (bytes == 0) {
      return;
    }
    const auto address = reinterpret_cast<uintptr_t>(begin);
    begin_ = std::min(begin_, address);
    end_ = std::max(end_, address + bytes);
    // Most elements lie on the page that was added last.
    if (address < last_begin_ || address + bytes > last_end_) {
      AddPages(address, bytes);
    }
  }

  // All pages in the set lie between these two addresses.
  uintptr_t begin() const { return begin_; }
  uintptr_t end() const { return end_; }

  // Whether the page at `address` is in the set.
  bool Contains(uintptr_t address) const;

 private:
  // Two levels, like page tables: the first one has the number of a bitmap for
  // each GiB of addresses, or 0 where nothing was added. Addresses end at 2^48
  // for processes that do not ask for more (x86-64:
  // Documentation/arch/x86/x86_64/5level-paging.rst; arm64: memory.rst).
  static constexpr uintptr_t kRegionBytes = uintptr_t{1} << 30;
  static constexpr size_t kRegions = size_t{1} << 18;
  static constexpr size_t kMaxBitmaps = size_t{1} << 12;

  PageSet(SharedMemory bitmap_numbers, SharedMemory bitmaps)
      : bitmap_numbers_(std::move(bitmap_numbers)),
        bitmaps_(std::move(bitmaps)) {}

  void AddPages(uintptr_t address, size_t bytes);

  // The byte with the bit of `page`; null where nothing was added.
  uint8_t* ByteOf(uintptr_t page) const;

  SharedMemory bitmap_numbers_;  // uint16_t[kRegions]
  SharedMemory bitmaps_;         // number 0 is not used
  uint16_t last_bitmap_ = 0;
  uintptr_t last_begin_ = 0;  // the pages that were added last
  uintptr_t last_end_ = 0;
  uintptr_t begin_ = std::numeric_limits<uintptr_t>::max();
  uintptr_t end_ = 0;
};

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_PAGE_SET_H_
