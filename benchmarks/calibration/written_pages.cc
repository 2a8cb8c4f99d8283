// PAGEMAP_SCAN (Documentation/admin-guide/mm/pagemap.rst) has no category for
// private pages, so it cannot tell which pages were copied. But it can tell
// which pages were written to, if userfaultfd write-protects their range first.
// Both numbers are the same as long as all pages are shared when the window
// begins. It sees only ranges that were registered, and one of its two system
// calls for each child changes every page table entry of the range.
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include "absl/cleanup/cleanup.h"
#include "benchmarks/calibration/methods.h"
#include "lib/base/status_macros.h"
#include "lib/probe/page_scan.h"
#include "lib/probe/shared_memory.h"

namespace cowbench {
namespace {

// Linux 6.7, include/uapi/linux/userfaultfd.h; the headers of Debian 12 are
// older.
constexpr uint64_t kFeatureWpUnpopulated = uint64_t{1} << 13;
constexpr uint64_t kFeatureWpAsync = uint64_t{1} << 15;
constexpr int kUserModeOnly = 1;  // UFFD_USER_MODE_ONLY: needs no privilege
// The kernel collects 512 regions at a time. If asked for more, Linux 6.18
// finds them all, but sets walk_end to where the first 512 ended, so that the
// next call finds the others again.
constexpr size_t kRegions = 512;

absl::StatusOr<int> OpenUserfaultfd() {
  const int descriptor = static_cast<int>(
      syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | kUserModeOnly));
  if (descriptor < 0) {
    return absl::ErrnoToStatus(errno, "userfaultfd");
  }
  uffdio_api api = {};
  api.api = UFFD_API;
  api.features = kFeatureWpAsync | kFeatureWpUnpopulated;
  if (ioctl(descriptor, UFFDIO_API, &api) != 0) {
    const absl::Status status = absl::ErrnoToStatus(
        errno,
        "userfaultfd cannot write-protect without a handler (Linux 6.7)");
    close(descriptor);
    return status;
  }
  return descriptor;
}

// Scans the whole range for written pages, and returns their bytes. `flags` may
// ask to write-protect them.
absl::StatusOr<int64_t> Scan(int pagemap, const DataSet& data, uint64_t flags,
                             probe::PageRegion* regions) {
  const auto begin = reinterpret_cast<uintptr_t>(data.begin);
  probe::PageScan scan = {.flags = flags,
                          .begin = begin,
                          .end = begin + data.bytes,
                          .regions = reinterpret_cast<uintptr_t>(regions),
                          .region_count = kRegions,
                          .category_mask = probe::kScanWritten,
                          .return_mask = probe::kScanWritten};
  uint64_t bytes = 0;
  while (scan.begin < scan.end) {
    const int found = ioctl(pagemap, probe::kPageScanIoctl, &scan);
    if (found < 0) {
      return absl::ErrnoToStatus(errno, "ioctl(PAGEMAP_SCAN)");
    }
    for (int i = 0; i < found; ++i) {
      bytes += regions[i].end - regions[i].begin;
    }
    scan.begin = scan.walk_end;
  }
  return static_cast<int64_t>(bytes);
}

}  // namespace

absl::StatusOr<int64_t> MeasureWrittenPages(const DataSet& data,
                                            absl::FunctionRef<void()> window) {
  COWBENCH_ASSIGN_OR_RETURN(const int watcher, OpenUserfaultfd());
  absl::Cleanup close_watcher = [watcher] { close(watcher); };
  const int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  absl::Cleanup close_pagemap = [pagemap] { close(pagemap); };
  COWBENCH_ASSIGN_OR_RETURN(
      const probe::SharedMemory memory,
      probe::SharedMemory::Map(kRegions * sizeof(probe::PageRegion)));
  auto* const regions = memory.as<probe::PageRegion>();
  uffdio_register watched = {};
  watched.range = {reinterpret_cast<uintptr_t>(data.begin), data.bytes};
  watched.mode = UFFDIO_REGISTER_MODE_WP;
  if (ioctl(watcher, UFFDIO_REGISTER, &watched) != 0) {
    return absl::ErrnoToStatus(errno, "ioctl(UFFDIO_REGISTER)");
  }
  COWBENCH_RETURN_IF_ERROR(
      Scan(pagemap, data, probe::kScanWriteProtect | probe::kScanCheckAsync,
           regions)
          .status());
  window();
  return Scan(pagemap, data, 0, regions);
}

absl::Status WrittenPagesAvailable() {
  const absl::StatusOr<int> watcher = OpenUserfaultfd();
  if (watcher.ok()) {
    close(*watcher);
  }
  return watcher.status();
}

}  // namespace cowbench
