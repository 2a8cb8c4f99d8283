// Two independent answers to "how many pages were copied on write?", to check
// PageSnapshot with. Both need root; both speak of the calling process.
#ifndef COWBENCH_LIB_PROBE_ORACLE_H_
#define COWBENCH_LIB_PROBE_ORACLE_H_

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "lib/probe/shared_memory.h"

namespace cowbench::probe {

// Says why this process cannot use the oracles, if so: they need
// CAP_SYS_ADMIN (frame numbers in pagemap), CAP_NET_ADMIN (taskstats) and the
// kernel.task_delayacct sysctl switched on before the process was forked.
absl::Status OraclesAvailable();

// The kernel's own count of copies on write by the calling process's only
// thread since it was forked: wpcopy_count of taskstats
// (Documentation/accounting/taskstats-struct.rst; counted in wp_page_copy,
// mm/memory.c). Errors: kPermissionDenied, kUnavailable on an older kernel.
absl::StatusOr<uint64_t> KernelCopyCount();

// What the kernel has done by itself so far, on the whole system, by
// /proc/vmstat. 0 where it does not say.
struct KernelActions {
  uint64_t migrated_pages = 0;        // to another frame: pgmigrate_success
  uint64_t collapsed_huge_pages = 0;  // by khugepaged: thp_collapse_alloc
};
KernelActions ReadKernelActions();

struct FrameChanges {
  // Present then and now, anonymous now, and in another frame.
  uint64_t moved_pages = 0;
  // Of the pages that were absent then: how many folios those belong to that
  // are private now. It takes one fault to fill a folio, of one page or many.
  uint64_t fresh_folios = 0;
  // Those that are mapped to the kernel's zero page now, because they were
  // only read.
  uint64_t zero_pages = 0;
  // All others: pages of files.
  uint64_t file_pages = 0;
};

// Which page frame is behind each page of the private mappings.
class FrameSnapshot {
 public:
  // Errors: kPermissionDenied without CAP_SYS_ADMIN, kResourceExhausted for
  // more than kMaxPages.
  static absl::StatusOr<FrameSnapshot> Take();

  // Errors: kInternal when /proc cannot be read.
  absl::StatusOr<FrameChanges> Compare() const;

 private:
  struct Page {
    uintptr_t address;
    uint64_t frame;
  };
  static constexpr size_t kMaxPages = size_t{1} << 26;  // 256 GiB of 4 KiB

  explicit FrameSnapshot(SharedMemory memory) : memory_(std::move(memory)) {}

  absl::Span<const Page> pages() const {
    return {memory_.as<Page>(), page_count_};
  }

  SharedMemory memory_;
  size_t page_count_ = 0;
};

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_ORACLE_H_
