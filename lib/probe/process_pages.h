// The memory of another process: its mappings, and its anonymous pages at one
// moment.
//
// Reads /proc/<pid>/maps and /proc/<pid>/pagemap (proc(5),
// Documentation/admin-guide/mm/pagemap.rst), which the kernel allows where
// ptrace(2) is allowed. Unlike lib/probe/mappings.h, this may allocate from the
// heap, because it does not measure its own process.
#ifndef COWBENCH_LIB_PROBE_PROCESS_PAGES_H_
#define COWBENCH_LIB_PROBE_PROCESS_PAGES_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "lib/probe/migrations.h"

namespace cowbench::probe {

// One line of /proc/<pid>/maps.
struct ProcessMapping {
  uintptr_t begin = 0;
  uintptr_t end = 0;
  uint64_t offset = 0;      // in the file
  bool is_private = false;  // MAP_PRIVATE
  bool is_file = false;
  // A path, "[heap]", "[stack]", "[anon:name set by prctl(2)]", or empty.
  std::string name;
};

// In ascending order. Errors: kNotFound when the process has ended,
// kPermissionDenied.
absl::StatusOr<std::vector<ProcessMapping>> MappingsOf(pid_t process);

// The mapping that `address` lies in; null where there is none.
const ProcessMapping* FindMapping(absl::Span<const ProcessMapping> mappings,
                                  uintptr_t address);

// The state of an anonymous page of a private mapping. Copied pages of files
// are anonymous, too.
enum class AnonymousPage : uint8_t {
  kShared,   // other processes map it, too
  kPrivate,  // no other process maps it
  kZero,     // the kernel's zero page: read, and never written to. Needs Linux
             // 6.7 (PAGEMAP_SCAN) or frame numbers; without them, kShared
  kSwapped,  // in swap space
};

// Pages next to each other in the same state.
struct PageRun {
  uintptr_t begin = 0;
  uintptr_t end = 0;
  size_t first = 0;  // the index of the first page: all pages before this run
  AnonymousPage state = AnonymousPage::kShared;
};

// The anonymous pages of a stopped process.
class ProcessPages {
 public:
  static constexpr size_t kNone = ~size_t{0};

  // Looks again where the kernel moves pages meanwhile. Errors: as
  // MappingsOf().
  static absl::StatusOr<ProcessPages> Look(pid_t process);

  absl::Span<const ProcessMapping> mappings() const { return mappings_; }
  absl::Span<const PageRun> runs() const { return runs_; }
  size_t page_count() const { return page_count_; }

  // The run of the page at `address`; null if the page is absent.
  const PageRun* Find(uintptr_t address) const;
  // The page's index among all pages; kNone if it is absent.
  size_t IndexOf(uintptr_t address) const;

  // Whether this process may read frame numbers, which needs CAP_SYS_ADMIN.
  static bool KnowsFrames();
  // Whether this object has them.
  bool has_frames() const { return !frames_.empty(); }
  // The frame number of the page with this index; 0 for a swapped one.
  uint64_t frame(size_t index) const { return frames_[index]; }
  // When the look was taken. If the kernel moved a page between two looks, a
  // page with another frame may be that one, and not a copy.
  const KernelActions& actions() const { return actions_; }

 private:
  absl::Status Read(pid_t process);
  void Add(uintptr_t address, AnonymousPage state, uint64_t frame);
  void AddEntry(uintptr_t address, uint64_t entry, bool is_zero);

  std::vector<ProcessMapping> mappings_;
  std::vector<PageRun> runs_;
  // Of all that is kept, the most by far: it must not double as it grows.
  std::deque<uint64_t> frames_;
  size_t page_count_ = 0;
  KernelActions actions_;
};

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_PROCESS_PAGES_H_
