// The memory mappings of this process, and the state of each page in them.
//
// Everything here reads /proc/self (proc(5)) into shared memory, which is never
// copied on write, so that reading the states does not change them. It calls no
// malloc, and no stack frame is larger than a few hundred bytes. It needs no
// privilege.
#ifndef COWBENCH_LIB_PROBE_MAPPINGS_H_
#define COWBENCH_LIB_PROBE_MAPPINGS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace cowbench::probe {

// Bytes per page: sysconf(_SC_PAGESIZE).
size_t PageSize();

// Entries of one page table, and also the pages of one huge page.
inline size_t EntriesOfPageTable() { return PageSize() / sizeof(uint64_t); }

// One line of /proc/<pid>/maps (fs/proc/task_mmu.c, show_map_vma).
struct Mapping {
  uintptr_t begin = 0;
  uintptr_t end = 0;
  // MAP_PRIVATE: only this process sees what it writes. Pages of other mappings
  // are never copied on write.
  bool is_private = false;
  bool is_file = false;
  uint64_t offset = 0;  // in the file
  // A path, "[heap]", "[stack]", "[anon:name set by prctl(2)]", or empty.
  std::string_view name;
};

// Calls `visit` for every whole line of `text` and removes these lines from it.
// Skips the vsyscall page, which has no entry in pagemap.
// Errors: kInternal for a line that is not of that form.
absl::Status ParseMappings(std::string_view* text,
                           absl::FunctionRef<void(const Mapping&)> visit);

// Calls `visit` for every mapping of this process in ascending order.
// Errors: kInternal when /proc/self/maps cannot be read.
absl::Status ForEachMapping(absl::FunctionRef<void(const Mapping&)> visit);

// What a write to a page would do, read from its pagemap entry
// (Documentation/admin-guide/mm/pagemap.rst).
enum class PageState : uint8_t {
  kAbsent,   // not mapped: a write fills it with zeros or from its file
  kShared,   // mapped, but also used by another process, the page cache or as
             // the kernel's zero page: a write must copy it
  kPrivate,  // mapped, anonymous, and mapped by no other process
  kSwapped,  // in swap space; pagemap does not tell whether it is shared
};

inline constexpr uint64_t kPresentBit = uint64_t{1} << 63;
inline constexpr uint64_t kSwappedBit = uint64_t{1} << 62;
inline constexpr uint64_t kGuardBit = uint64_t{1} << 58;
inline constexpr uint64_t kFileBit = uint64_t{1} << 61;
inline constexpr uint64_t kExclusiveBit = uint64_t{1} << 56;
// The frame number of a present page; zero without CAP_SYS_ADMIN.
inline constexpr uint64_t kFrameMask = (uint64_t{1} << 55) - 1;

// Guard pages have the bit of swapped ones, too, but have no contents
// (madvise(MADV_GUARD_INSTALL)). glibc 2.42 has one for each thread's stack.
// Their own bit is new in Linux 6.15.
constexpr bool IsSwapped(uint64_t entry) {
  return (entry & (kSwappedBit | kGuardBit)) == kSwappedBit;
}

constexpr PageState StateOf(uint64_t entry) {
  if ((entry & kPresentBit) == 0) {
    return IsSwapped(entry) ? PageState::kSwapped : PageState::kAbsent;
  }
  return (entry & (kExclusiveBit | kFileBit)) == kExclusiveBit
             ? PageState::kPrivate
             : PageState::kShared;
}

// The open file /proc/self/pagemap.
class PageMap {
 public:
  // Errors: kInternal when it cannot be opened.
  static absl::StatusOr<PageMap> Open();

  PageMap(PageMap&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)) {}
  PageMap& operator=(PageMap&&) = delete;
  ~PageMap();

  // Reads the entries of the pages from `address` on into `entries`, and
  // returns the part that was filled: at least one entry. Errors: kInternal.
  absl::StatusOr<absl::Span<const uint64_t>> Read(
      uintptr_t address, absl::Span<uint64_t> entries) const;

  int descriptor() const { return descriptor_; }

 private:
  explicit PageMap(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

// Calls `visit(address, entries)` for stretches of consecutive pages in
// ascending order: entries[i] is the pagemap entry of the page at
// address + i * PageSize(). The stretches cover every present or swapped page
// of this process's private mappings; all other pages are absent.
// Errors: kInternal when /proc/self/maps or /proc/self/pagemap cannot be read.
absl::Status ForEachPrivateStretch(
    absl::FunctionRef<void(uintptr_t address, absl::Span<const uint64_t>)>
        visit);

// Counts the present pages of all mappings that are not private. fork() does
// not copy their page table entries, so a child faults once for each such page
// that it touches.
// Errors: as above.
absl::StatusOr<uint64_t> PagesOfSharedMappings();

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_MAPPINGS_H_
