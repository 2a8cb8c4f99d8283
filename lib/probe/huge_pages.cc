#include "lib/probe/huge_pages.h"

#include <sys/mman.h>
#include <sys/prctl.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
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

struct Collapsed {
  uint64_t wanted = 0;
  uint64_t refused = 0;
  int reason = 0;  // errno of a refusal
};

// Asks once for each huge page that can hold some of `data`; for those that are
// there already, this does nothing.
absl::StatusOr<Collapsed> CollapseAll(const PageSet& data, uintptr_t size) {
  Collapsed found;
  COWBENCH_RETURN_IF_ERROR(ForEachMapping([&](const Mapping& mapping) {
    if (!mapping.is_private) {
      return;
    }
    // Not the whole mapping, which may have terabytes of addresses.
    const uintptr_t first = std::max(mapping.begin, data.begin() / size * size);
    const uintptr_t last = std::min(mapping.end, data.end() + size);
    for (uintptr_t begin = (first + size - 1) / size * size;
         begin + size <= last; begin += size) {
      if (!ContainsAny(data, begin, begin + size)) {
        continue;
      }
      ++found.wanted;
      if (madvise(reinterpret_cast<void*>(begin), size, kMadvCollapse) != 0) {
        ++found.refused;
        found.reason = errno;
      }
    }
  }));
  return found;
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
  // Most errors pass: memory is fragmented, or a page is in the LRU batch of
  // another CPU or is being migrated (mm/khugepaged.c, madvise_collapse_errno).
  constexpr auto kPatience = std::chrono::seconds(2);
  const auto begin = std::chrono::steady_clock::now();
  Collapsed found;
  for (useconds_t pause = 1000;; pause *= 2) {
    COWBENCH_ASSIGN_OR_RETURN(found, CollapseAll(data, size));
    if (found.refused == 0 ||
        std::chrono::steady_clock::now() - begin > kPatience) {
      break;
    }
    usleep(pause);
  }
  if (found.wanted == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("no huge page fits: the data set reaches over no aligned ",
                     size / 1024, " KiB of a mapping"));
  }
  if (found.refused > 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("the kernel refused ", found.refused, " of ", found.wanted,
                     " huge pages: ", strerror(found.reason),
                     found.reason == ENOMEM
                         ? "; free memory is fragmented or short: as root, "
                           "sysctl vm.compact_memory=1"
                         : ""));
  }
  return absl::OkStatus();
}

}  // namespace cowbench::probe
