// Two independent counts of the pages that this process copied on write, to
// check PageSnapshot against. Both need root.
#ifndef COWBENCH_LIB_PROBE_ORACLE_H_
#define COWBENCH_LIB_PROBE_ORACLE_H_

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "lib/probe/shared_memory.h"

namespace cowbench::probe {

// Whether this process can use the oracles. If not, the error says why: they
// need CAP_SYS_ADMIN (frame numbers in pagemap), and what copy_count.h needs.
absl::Status OraclesAvailable();

// Copies on write by the calling process's only thread since it was forked
// (copy_count.h). Errors: kPermissionDenied, kUnavailable on an older kernel.
absl::StatusOr<uint64_t> KernelCopyCount();

struct FrameChanges {
  // Present then and now, anonymous now, and in another frame.
  uint64_t moved_pages = 0;
  // Of those, the ones in reserved huge pages (MAP_HUGETLB) but the first of
  // each. One fault copies a whole huge page, and the kernel counts one copy
  // (mm/hugetlb.c, hugetlb_wp).
  uint64_t moved_hugetlb_tails = 0;
  // The following count pages that were absent then and are present now.
  // Folios of pages that are private now: one fault fills a folio, which has
  // one page or many.
  uint64_t fresh_folios = 0;
  // Pages that are mapped to the kernel's zero page, because they were only
  // read.
  uint64_t zero_pages = 0;
  // Pages of files.
  uint64_t file_pages = 0;
};

// The page frame of each page of the private mappings.
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
