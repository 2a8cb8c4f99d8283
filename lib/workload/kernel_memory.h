// Arrays in memory that fork(2) treats in a way of its own. A machine may
// refuse them, so that they are in no preset.
#ifndef COWBENCH_LIB_WORKLOAD_KERNEL_MEMORY_H_
#define COWBENCH_LIB_WORKLOAD_KERNEL_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cowbench::workload {

// A private anonymous mapping of doubles, not from the allocator; all are 1.
// Throws std::runtime_error with what the kernel refused.
class MappedArray {
 public:
  static constexpr bool kOneObject = false;
  static constexpr bool kInDefault = false;

  static uint64_t ElementCount(uint64_t size) { return size / sizeof(double); }

  double& value(uint64_t i) { return values_[i]; }

 protected:
  // `flags` beside those of every such mapping (mmap(2)); `bytes` is rounded up
  // to `page_bytes`.
  MappedArray(uint64_t elements, int flags, size_t page_bytes);

  double* values() const { return values_; }
  size_t bytes() const { return bytes_; }

 private:
  double* values_;
  size_t bytes_;
};

// In huge pages that the administrator has reserved: sysctl vm.nr_hugepages
// (Documentation/admin-guide/mm/hugetlbpage.rst). Where two processes share
// one, a write copies all of it (mm/hugetlb.c, hugetlb_wp), unlike a
// transparent one. The copy comes from the same reserve; a child for whom there
// is none left is killed by SIGBUS.
//
// 8 bytes an element. Touching one dirties the huge page that it lies on.
class Hugetlb : public MappedArray {
 public:
  static constexpr std::string_view kName = "hugetlb";
  static constexpr std::string_view kMeaning =
      "doubles in reserved huge pages, copied a whole one at a time";

  explicit Hugetlb(uint64_t elements);
};

// Pinned, as buffers are that a device writes to: registered with io_uring(7)
// for as long as the process lives. What is pinned must stay the parent's own,
// so that fork() gives the child a copy at once (mm/memory.c,
// copy_present_page), and nothing is left to be copied on write: the copies are
// in fork_tax_bytes. Without privilege, `ulimit -l` bounds what may be pinned.
//
// 8 bytes an element, from the beginning of a page on.
class Pinned : public MappedArray {
 public:
  static constexpr std::string_view kName = "pinned";
  static constexpr std::string_view kMeaning =
      "doubles that are pinned, copied inside fork()";

  explicit Pinned(uint64_t elements);
};

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_KERNEL_MEMORY_H_
