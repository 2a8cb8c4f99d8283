// Which pages of this process were copied on write between two moments.
//
//   SharedMemory memory = *SharedMemory::Map(sizeof(PageSnapshot));
//   auto* const before = memory.as<PageSnapshot>();
//   absl::Status taken = before->Take();
//   ... the window ...
//   absl::StatusOr<PageChanges> changes = before->Compare();
//
// Take() and Compare() must be made in the process that writes. The answer is
// exact as long as the processes that it shares pages with stay alive and write
// nothing in between: when one of them copies a page or exits, the original
// becomes private to the other without any copy.
#ifndef COWBENCH_LIB_PROBE_PAGE_SNAPSHOT_H_
#define COWBENCH_LIB_PROBE_PAGE_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "lib/probe/mappings.h"
#include "lib/probe/page_set.h"
#include "lib/probe/shared_memory.h"

namespace cowbench::probe {

// Pages of all private mappings of this process. Swapped pages are in none of
// the other counts.
struct PageCounts {
  uint64_t shared_pages = 0;
  uint64_t private_pages = 0;
  uint64_t swapped_pages = 0;
  // Present and without a file, whoever they are shared with: what the
  // process's data takes up.
  uint64_t anonymous_pages = 0;

  bool operator==(const PageCounts&) const = default;
};

// What happened to pages since a snapshot was taken.
struct PageChanges {
  // Shared then, private now. Also counts the writing of a page that was
  // mapped to the kernel's zero page, which the kernel does by the same path
  // (mm/memory.c, wp_page_copy).
  uint64_t copied_pages = 0;
  // Those of them that are not in the set of data pages.
  uint64_t copied_metadata_pages = 0;
  // Absent then, private now: new memory, filled with zeros or from a file.
  uint64_t fresh_pages = 0;
  // Shared then, absent now: given back to the kernel. Whether they were copied
  // before that, nobody can tell.
  uint64_t gone_pages = 0;
  // In swap space now; where they were before, nobody can tell.
  uint64_t swapped_pages = 0;

  bool operator==(const PageChanges&) const = default;
};

// One pass over pagemap. Errors: kInternal when /proc cannot be read.
absl::StatusOr<PageCounts> CountPages();

// Lives in SharedMemory, where it is empty at first: it is large, and takes up
// memory only for what it holds. One that was taken by a child is there for
// the next one.
class PageSnapshot {
 public:
  // Replaces what it holds by the states that the pages of this process have
  // now. Errors: kInternal when /proc cannot be read, kResourceExhausted when
  // the states of neighbouring pages differ more than kMaxRuns times; it is
  // empty then.
  absl::Status Take();

  const PageCounts& counts() const { return counts_; }

  // `data` are the pages that hold what the process works on; whatever is
  // copied elsewhere is metadata. Null: not known, and none is counted.
  // Errors: kInternal when /proc cannot be read.
  absl::StatusOr<PageChanges> Compare(const PageSet* data = nullptr) const;

  // Makes this process write to each page that was private then and is so now,
  // without changing it: madvise(MADV_POPULATE_WRITE), Linux 5.14. Pages that
  // cannot be written to are left as they are. Reads those pages' entries
  // alone. Errors: kInternal when /proc cannot be read.
  absl::Status TakeWriteFaultsOnPrivatePages() const;

 private:
  // Consecutive pages in one state. Absent pages are in no run. A process
  // that was just forked shares nearly everything, so there are few runs.
  struct Run {
    uintptr_t begin;
    uintptr_t end;
    PageState state;
  };
  static constexpr size_t kMaxRuns = size_t{1} << 22;

  // How many of these pages are not absent, and were shared then. `run` is the
  // first one that may lie behind the stretch that was asked for before.
  uint64_t SharedThen(uintptr_t address, absl::Span<const uint64_t> entries,
                      const Run** run) const;

  absl::Span<const Run> runs() const { return {runs_, run_count_}; }

  PageCounts counts_;
  size_t run_count_;
  Run runs_[kMaxRuns];
};

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_PAGE_SNAPSHOT_H_
