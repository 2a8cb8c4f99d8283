#include "lib/fork/begin_snapshot.h"

#include <fcntl.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace cowbench::internal {
namespace {

bool SameMemory(const BeforeWindow& a, const BeforeWindow& b) {
  return a.generation == b.generation && a.collapsed_pages == b.collapsed_pages;
}

}  // namespace

bool SwapIsEmpty() {
  struct sysinfo system;
  return sysinfo(&system) == 0 && system.totalswap == system.freeswap;
}

int64_t CollapsedPages() {
  const int file =
      open("/sys/kernel/mm/transparent_hugepage/khugepaged/pages_collapsed",
           O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return -1;
  }
  char text[24] = {};
  const ssize_t got = read(file, text, sizeof(text));
  close(file);
  int64_t pages = -1;
  if (got > 0) {
    std::from_chars(text, text + got, pages);
  }
  return pages;
}

absl::StatusOr<bool> BeginSnapshot::CanInfer(const BeforeWindow& before) const {
  if (!confirmed_ || !SameMemory(before, before_) ||
      before.own_faults > before_.own_faults ||
      before.parent_faults > before_.parent_faults || !SwapIsEmpty()) {
    return false;
  }
  return snapshot_.PrivatePagesAreStillPrivate();
}

absl::Status BeginSnapshot::Refresh(const BeforeWindow& before, bool verify) {
  const absl::StatusOr<bool> inferred = CanInfer(before);
  if (!inferred.ok()) {
    return inferred.status();
  }
  if (*inferred && !verify) {
    return absl::OkStatus();
  }
  // A child that dies in the middle leaves nothing to infer from.
  confirmed_ = false;
  const BeforeWindow last = std::exchange(before_, before);
  absl::StatusOr<bool> same = snapshot_.Take();
  for (int looks = 1; looks < kMaxLooks && same.ok() &&
                      snapshot_.counts().swapped_pages > 0 && SwapIsEmpty();
       ++looks) {
    same = snapshot_.Take();
  }
  if (!same.ok()) {
    return same.status();
  }
  if (*inferred && !*same) {
    return absl::DataLossError(
        "verify: the pages are not in the states that were inferred from the "
        "last iterations");
  }
  if (*same && SameMemory(before, last)) {
    confirmed_ = true;
    before_.own_faults = std::max(before.own_faults, last.own_faults);
    before_.parent_faults = std::max(before.parent_faults, last.parent_faults);
  }
  return absl::OkStatus();
}

}  // namespace cowbench::internal
