#ifndef COWBENCH_LIB_PROBE_PAGE_SET_H_
#define COWBENCH_LIB_PROBE_PAGE_SET_H_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/probe/shared_memory.h"

namespace cowbench::probe {

// A set of pages of this process: one bit a page, in memory that is shared
// with children and not counted (lib/probe/shared_memory.h).
class PageSet {
 public:
  // Empty. Errors: kResourceExhausted when there is no address space left.
  static absl::StatusOr<PageSet> Create();

  // Adds the pages that `bytes` bytes at `begin` lie on.
  void Add(const void* begin, size_t bytes);

  // All pages in the set lie between these two addresses.
  uintptr_t begin() const { return begin_; }
  uintptr_t end() const { return end_; }

  // Whether the page at `address` is in the set.
  bool Contains(uintptr_t address) const;

 private:
  // The bitmap covers the whole address space, so that a page's number is its
  // place: where nothing was added, it takes up no memory. 2^48 is the end for
  // processes that do not ask for more (x86-64: Documentation/arch/x86/
  // x86_64/5level-paging.rst; arm64: memory.rst).
  static constexpr uintptr_t kAddressSpaceBytes = uintptr_t{1} << 48;

  explicit PageSet(SharedMemory bitmap) : bitmap_(std::move(bitmap)) {}

  SharedMemory bitmap_;
  uintptr_t begin_ = kAddressSpaceBytes;
  uintptr_t end_ = 0;
};

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_PAGE_SET_H_
