// Which pages of this process were copied on write between two moments. Where
// the kernel moves pages meanwhile, page tables are read again
// (lib/probe/migrations.h).
//
//   SharedMemory memory = *SharedMemory::Map(sizeof(PageSnapshot));
//   auto* const before = memory.as<PageSnapshot>();
//   absl::Status taken = before->Take();
//   ... the window ...
//   absl::StatusOr<PageChanges> changes = before->Compare();
//
// The process that writes must call Take() and Compare() itself. The answer is
// exact as long as the processes that it shares pages with stay alive and write
// nothing in between: when one of them copies a page or exits, the original
// becomes private to the other without a copy.
#ifndef COWBENCH_LIB_PROBE_PAGE_SNAPSHOT_H_
#define COWBENCH_LIB_PROBE_PAGE_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "lib/probe/mappings.h"
#include "lib/probe/migrations.h"
#include "lib/probe/page_set.h"
#include "lib/probe/shared_memory.h"

namespace cowbench::probe {

// Pages of all private mappings of this process. Swapped pages are in none of
// the other counts.
struct PageCounts {
  uint64_t shared_pages = 0;
  uint64_t private_pages = 0;
  uint64_t swapped_pages = 0;
  // Present and not of a file, shared or private: the memory of the process's
  // data.
  uint64_t anonymous_pages = 0;
};

// What happened to pages since a snapshot was taken.
struct PageChanges {
  // Shared then, private now. Includes a write to a page that was mapped to the
  // kernel's zero page: for the kernel, this is a copy, too (mm/memory.c,
  // wp_page_copy).
  uint64_t copied_pages = 0;
  // The copied pages that are not in the set of data pages.
  uint64_t copied_metadata_pages = 0;
  // Absent then, private now: new memory, filled with zeros or from a file.
  uint64_t fresh_pages = 0;
  // Shared then, absent now: given back to the kernel, perhaps after a copy.
  uint64_t gone_pages = 0;
  // In swap space now, whatever they were then.
  uint64_t swapped_pages = 0;
};

// One pass over pagemap. Errors: kInternal when /proc cannot be read.
absl::StatusOr<PageCounts> CountPages();

// Must lie in SharedMemory: it is large there, but takes up memory only for
// what it holds, and it is empty at first. The next child still finds what a
// child has taken.
class PageSnapshot {
 public:
  // Records the current states of this process's pages, in place of the old
  // ones. Errors: kInternal when /proc cannot be read, kResourceExhausted when
  // the states of neighbouring pages differ more than kMaxRuns times. After an
  // error, the snapshot is empty.
  absl::Status Take();

  const PageCounts& counts() const { return counts_; }

  // `data` are the pages of the data set; copied pages outside of it are
  // metadata. If it is null, no metadata is counted.
  // Errors: kInternal when /proc cannot be read.
  absl::StatusOr<PageChanges> Compare(const PageSet* data = nullptr) const;

  // Takes a write fault on each page that was private then and still is,
  // without changing its contents: madvise(MADV_POPULATE_WRITE), Linux 5.14.
  // Skips pages that cannot be written to. Reads the pagemap entries of these
  // pages only. Errors: kInternal when /proc cannot be read.
  absl::Status TakeWriteFaultsOnPrivatePages() const;

 private:
  // Consecutive pages in one state. Absent pages are in no run. A process
  // that was just forked shares nearly all its pages, so there are few runs.
  struct Run {
    uintptr_t begin;
    uintptr_t end;
    PageState state;
  };
  static constexpr size_t kMaxRuns = size_t{1} << 22;

  absl::Status ReadStates();
  absl::Status CompareStates(const PageSet* data, PageChanges* changes) const;
  // How many of these pages were shared then and are not absent now. Stretches
  // must come in ascending order; `run` is where the search begins, and moves.
  uint64_t SharedThen(uintptr_t address, absl::Span<const uint64_t> entries,
                      const Run** run) const;

  absl::Span<const Run> runs() const { return {runs_, run_count_}; }

  KernelActions actions_;  // when it was taken
  PageCounts counts_;
  size_t run_count_;
  Run runs_[kMaxRuns];
};

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_PAGE_SNAPSHOT_H_
