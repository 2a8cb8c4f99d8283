// Arrays in memory that fork(2) treats specially. A machine may refuse such
// memory, so no preset has them.
#ifndef COWBENCH_LIB_WORKLOAD_KERNEL_MEMORY_H_
#define COWBENCH_LIB_WORKLOAD_KERNEL_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cowbench::workload {

// A private anonymous mapping of doubles, all 1; not from the allocator. Throws
// std::runtime_error that says what the kernel refused.
class MappedArray {
 public:
  static constexpr bool kOneObject = false;
  static constexpr bool kInDefault = false;

  static uint64_t ElementCount(uint64_t size) { return size / sizeof(double); }

  double& value(uint64_t i) { return values_[i]; }

 protected:
  // `flags` are additional flags of mmap(2). `bytes` is rounded up to
  // `page_bytes`.
  MappedArray(uint64_t elements, int flags, size_t page_bytes);

  double* values() const { return values_; }
  size_t bytes() const { return bytes_; }

 private:
  double* values_;
  size_t bytes_;
};

// An array in huge pages that the administrator reserved: sysctl
// vm.nr_hugepages (Documentation/admin-guide/mm/hugetlbpage.rst). A write to a
// shared one copies all of it (mm/hugetlb.c, hugetlb_wp), unlike a transparent
// huge page. The copy comes from the same reserve. If that is empty, SIGBUS
// kills the child.
//
// 8 bytes an element. Touching one dirties its huge page.
class Hugetlb : public MappedArray {
 public:
  static constexpr std::string_view kName = "hugetlb";
  static constexpr std::string_view kMeaning =
      "doubles in reserved huge pages, copied a whole one at a time";

  explicit Hugetlb(uint64_t elements);
};

// An array in pinned memory, like buffers that a device writes to: registered
// with io_uring(7) as long as the process lives. A pinned page must stay the
// parent's, so fork() copies it for the child at once (mm/memory.c,
// copy_present_page), and nothing is left for copy-on-write. The copies are in
// fork_tax_bytes. Without privilege, `ulimit -l` limits how much can be pinned.
//
// 8 bytes an element, page-aligned.
class Pinned : public MappedArray {
 public:
  static constexpr std::string_view kName = "pinned";
  static constexpr std::string_view kMeaning =
      "doubles that are pinned, copied inside fork()";

  explicit Pinned(uint64_t elements);
};

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_KERNEL_MEMORY_H_
