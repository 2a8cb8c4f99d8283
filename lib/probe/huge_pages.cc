#include "lib/probe/huge_pages.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "lib/base/small_file.h"
#include "lib/probe/mappings.h"

namespace cowbench::probe {
namespace {

// Linux 6.1; the C library of Debian 12 does not know it.
constexpr int kMadvCollapse = 25;

// The number in a field of a small file; 0 without one.
uint64_t NumberIn(const char* path, std::string_view name) {
  char room[4096];  // on the stack, as the heap may be what is measured
  return NumberOf(ReadSmallFile(path, room).value_or(""), name).value_or(0);
}

bool ContainsAny(const PageSet& pages, uintptr_t begin, uintptr_t end) {
  begin = std::max(begin, pages.begin() / PageSize() * PageSize());
  end = std::min(end, pages.end());
  for (uintptr_t page = begin; page < end; page += PageSize()) {
    if (pages.Contains(page)) {
      return true;
    }
  }
  return false;
}

// 0, or errno. The kernel asks to try again where it finds a page in use for a
// moment, such as one in the LRU batch of another CPU (madvise(2); mm/
// khugepaged.c, madvise_collapse_errno). `patience_us` is the time that is left
// for that.
int Collapse(uintptr_t begin, uintptr_t size, int* patience_us) {
  for (int attempt = 1;; ++attempt) {
    if (madvise(reinterpret_cast<void*>(begin), size, kMadvCollapse) == 0) {
      return 0;
    }
    if (errno != EAGAIN || *patience_us <= 0) {
      return errno;
    }
    usleep(static_cast<useconds_t>(1000 * attempt));
    *patience_us -= 1000 * attempt;
  }
}

}  // namespace

uint64_t AnonymousHugeBytes() {
  return NumberIn("/proc/self/smaps_rollup", "AnonHugePages") * 1024;
}

bool EachFaultFillsOnePage() {
  if (AnonymousHugeBytes() > 0) {
    return false;
  }
  for (size_t pages = 2; pages < EntriesOfPageTable(); pages *= 2) {
    char path[80];
    snprintf(path, sizeof(path),
             "/sys/kernel/mm/transparent_hugepage/hugepages-%zukB/enabled",
             pages * PageSize() / 1024);
    char room[80];
    const std::string_view enabled = ReadSmallFile(path, room).value_or("");
    if (!enabled.empty() && enabled.find("[never]") == enabled.npos) {
      return false;
    }
  }
  return true;
}

absl::Status CollapseIntoHugePages(const PageSet& data) {
  const uintptr_t size =
      NumberIn("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "");
  if (size == 0) {
    return absl::FailedPreconditionError("this kernel has no huge pages");
  }
  int patience_us = 2'000'000;
  uint64_t wanted = 0;
  uint64_t refused = 0;
  int reason = 0;
  absl::Status listed = ForEachMapping([&](const Mapping& mapping) {
    if (!mapping.is_private) {
      return;
    }
    // A mapping may be terabytes of addresses.
    const uintptr_t first = std::max(mapping.begin, data.begin() / size * size);
    const uintptr_t last = std::min(mapping.end, data.end() + size);
    for (uintptr_t begin = (first + size - 1) / size * size;
         begin + size <= last; begin += size) {
      if (ContainsAny(data, begin, begin + size)) {
        const int error = Collapse(begin, size, &patience_us);
        ++wanted;
        refused += error == 0 ? 0 : 1;
        reason = error == 0 ? reason : error;
      }
    }
  });
  if (!listed.ok()) {
    return listed;
  }
  if (wanted == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("no huge page fits: the data set reaches over no aligned ",
                     size / 1024, " KiB of a mapping"));
  }
  if (refused > 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("the kernel refused ", refused, " of ", wanted,
                     " huge pages: ", strerror(reason)));
  }
  return absl::OkStatus();
}

}  // namespace cowbench::probe
