// ioctl(PAGEMAP_SCAN) on /proc/self/pagemap, Linux 6.7
// (Documentation/admin-guide/mm/pagemap.rst; include/uapi/linux/fs.h). Declared
// here because the headers of Debian 12 are older.
#ifndef COWBENCH_LIB_PROBE_PAGE_SCAN_H_
#define COWBENCH_LIB_PROBE_PAGE_SCAN_H_

#include <linux/ioctl.h>
#include <sys/ioctl.h>

#include <cstdint>

#include "absl/types/span.h"

namespace cowbench::probe {

// Pages next to each other that are in the same categories.
struct PageRegion {
  uint64_t begin;  // addresses
  uint64_t end;
  uint64_t categories;
};

struct PageScan {
  uint64_t size = sizeof(PageScan);
  uint64_t flags = 0;
  uint64_t begin = 0;  // addresses
  uint64_t end = 0;
  uint64_t walk_end = 0;  // set by the kernel: where it stopped
  uint64_t regions = 0;   // PageRegion*
  uint64_t region_count = 0;
  uint64_t max_pages = 0;
  uint64_t category_inverted = 0;
  uint64_t category_mask = 0;
  uint64_t category_anyof_mask = 0;
  uint64_t return_mask = 0;
};

inline constexpr uint64_t kPageScanIoctl = _IOWR('f', 16, PageScan);

// Categories.
inline constexpr uint64_t kScanWritten = uint64_t{1} << 1;
inline constexpr uint64_t kScanPresent = uint64_t{1} << 3;
inline constexpr uint64_t kScanSwapped = uint64_t{1} << 4;
inline constexpr uint64_t kScanZero = uint64_t{1} << 5;  // PAGE_IS_PFNZERO

// Flags.
inline constexpr uint64_t kScanWriteProtect = uint64_t{1} << 0;
inline constexpr uint64_t kScanCheckAsync = uint64_t{1} << 1;

// An address in [begin, end] before which all pages are absent: the first page
// that is not absent, or `end` if there is none. `pagemap` is this process's.
// Before Linux 6.7, which cannot search it, this uses `room` for mincore(2); if
// `room` is empty, it returns `begin`.
uintptr_t NextPresentPage(int pagemap, uintptr_t begin, uintptr_t end,
                          absl::Span<unsigned char> room);

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_PAGE_SCAN_H_
