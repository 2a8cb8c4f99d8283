#include "lib/probe/huge_pages.h"

#include <sys/mman.h>
#include <sys/prctl.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "lib/base/small_file.h"
#include "lib/base/status_macros.h"
#include "lib/probe/mappings.h"

namespace cowbench::probe {
namespace {

// Linux 6.1; the C library of Debian 12 does not know it.
constexpr int kMadvCollapse = 25;

// The number in a field of a small file, or 0.
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

// Returns 0 or errno. Most errors may pass: memory is fragmented, or a page is
// in the LRU batch of another CPU or is being migrated (mm/khugepaged.c,
// madvise_collapse_errno). This retries until `patience_us` is used up.
int Collapse(uintptr_t begin, uintptr_t size, int* patience_us) {
  for (int attempt = 1;; ++attempt) {
    if (madvise(reinterpret_cast<void*>(begin), size, kMadvCollapse) == 0) {
      return 0;
    }
    if (*patience_us <= 0) {
      return errno;
    }
    usleep(static_cast<useconds_t>(1000 * attempt));
    *patience_us -= 1000 * attempt;
  }
}

}  // namespace

uint64_t HugePageSize() {
  return NumberIn("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "");
}

uint64_t AnonymousHugeBytes() {
  return NumberIn("/proc/self/smaps_rollup", "AnonHugePages") * 1024;
}

std::string_view ChosenIn(std::string_view setting) {
  const size_t begin = setting.find('[');
  const size_t end = setting.find(']');
  return begin == setting.npos || end == setting.npos
             ? setting
             : setting.substr(begin + 1, end - begin - 1);
}

void ForEachEnabledSize(
    absl::FunctionRef<void(size_t, std::string_view)> visit) {
  for (size_t pages = 2; pages <= EntriesOfPageTable(); pages *= 2) {
    const size_t bytes = pages * PageSize();
    char path[80];
    snprintf(path, sizeof(path),
             "/sys/kernel/mm/transparent_hugepage/hugepages-%zukB/enabled",
             bytes / 1024);
    char room[80];
    const std::string_view setting =
        ChosenIn(FieldOf(ReadSmallFile(path, room).value_or(""), ""));
    if (!setting.empty() && setting != "never") {
      visit(bytes, setting);
    }
  }
}

bool HugePagesAreDisabled() {
  // Other values mean "except where madvise(2) asks for them" (Linux 6.18).
  return prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) == 1;
}

bool EachFaultFillsOnePage() {
  bool is_multi_size_enabled = false;
  ForEachEnabledSize([&](size_t bytes, std::string_view) {
    is_multi_size_enabled |= bytes < EntriesOfPageTable() * PageSize();
  });
  return (!is_multi_size_enabled || HugePagesAreDisabled()) &&
         AnonymousHugeBytes() == 0;
}

absl::Status CollapseIntoHugePages(const PageSet& data) {
  const uintptr_t size = HugePageSize();
  // Advice for no bytes does nothing, but is refused if it is unknown.
  if (size == 0 || madvise(nullptr, 0, kMadvCollapse) != 0) {
    return absl::FailedPreconditionError(
        "this kernel cannot make huge pages on request: that needs Linux 6.1 "
        "with CONFIG_TRANSPARENT_HUGEPAGE");
  }
  int patience_us = 2'000'000;
  uint64_t wanted = 0;
  uint64_t refused = 0;
  int reason = 0;
  COWBENCH_RETURN_IF_ERROR(ForEachMapping([&](const Mapping& mapping) {
    if (!mapping.is_private) {
      return;
    }
    // Not the whole mapping, which may have terabytes of addresses.
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
  }));
  if (wanted == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("no huge page fits: the data set reaches over no aligned ",
                     size / 1024, " KiB of a mapping"));
  }
  if (refused > 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("the kernel refused ", refused, " of ", wanted,
                     " huge pages: ", strerror(reason),
                     reason == ENOMEM ? "; free memory is fragmented: as root, "
                                        "sysctl vm.compact_memory=1"
                                      : ""));
  }
  return absl::OkStatus();
}

}  // namespace cowbench::probe
