#include "lib/fork/looks.h"

#include <fcntl.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"

namespace cowbench::internal {
namespace {

bool SameMemory(const BeforeWindow& a, const BeforeWindow& b) {
  return a.generation == b.generation && a.collapsed_pages == b.collapsed_pages;
}

bool SwapIsEmpty() {
  struct sysinfo system;
  return sysinfo(&system) == 0 && system.totalswap == system.freeswap;
}

// Looks until no page seems to be in swap space, where nobody can tell whether
// it is shared. A page may seem to be there although nothing is: the entry of a
// migration looks like one of swap (fs/proc/task_mmu.c). It ends soon, unlike
// that of a page with a hardware error, which looks the same.
template <typename Result>
absl::StatusOr<Result> LookUntilInMemory(
    absl::FunctionRef<absl::StatusOr<Result>()> look,
    absl::FunctionRef<uint64_t(const Result&)> swapped_pages) {
  constexpr int kMaxLooks = 100;
  absl::StatusOr<Result> seen = look();
  for (int looks = 1; looks < kMaxLooks && seen.ok() &&
                      swapped_pages(*seen) > 0 && SwapIsEmpty();
       ++looks) {
    seen = look();
  }
  if (seen.ok() && swapped_pages(*seen) > 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(swapped_pages(*seen),
                     " pages are in swap space, where they cannot be counted "
                     "exactly; use less memory or swapoff"));
  }
  return seen;
}

absl::Status Mistaken(const char* when) {
  return absl::DataLossError(
      absl::StrCat("verify: ", when,
                   " the window, the pages are not in the states that were "
                   "inferred from the last iterations"));
}

}  // namespace

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

absl::StatusOr<bool> Looks::CanInferBefore(const BeforeWindow& before) const {
  if (!confirmed_ || !SameMemory(before, before_) ||
      before.own_faults > before_.own_faults ||
      before.parent_faults > before_.parent_faults || !SwapIsEmpty()) {
    return false;
  }
  return snapshot_.PrivatePagesAreStillPrivate();
}

absl::Status Looks::Before(const ForkOptions& options,
                           const BeforeWindow& before) {
  if (std::exchange(pattern_, before.pattern) != before.pattern) {
    agreeing_windows_ = 0;
  }
  const absl::StatusOr<bool> inferred = CanInferBefore(before);
  if (!inferred.ok()) {
    return inferred.status();
  }
  if (*inferred && !options.verify) {
    return absl::OkStatus();
  }
  // A child that dies in the middle leaves nothing to infer from.
  confirmed_ = false;
  const int agreeing_windows = std::exchange(agreeing_windows_, 0);
  const BeforeWindow last = std::exchange(before_, before);
  int looks = 0;
  const absl::StatusOr<bool> same = LookUntilInMemory<bool>(
      [&] {
        ++looks;
        return snapshot_.Take();
      },
      [this](bool) { return snapshot_.counts().swapped_pages; });
  if (!same.ok()) {
    return same.status();
  }
  // Only the first look was held against the last iteration.
  if (*inferred && !*same && looks == 1) {
    return Mistaken("before");
  }
  if (*same && SameMemory(before, last)) {
    confirmed_ = true;
    agreeing_windows_ = agreeing_windows;
    before_.own_faults = std::max(before.own_faults, last.own_faults);
    before_.parent_faults = std::max(before.parent_faults, last.parent_faults);
  }
  return absl::OkStatus();
}

bool Looks::CanInferAfter(const probe::Faults& faults) const {
  return agreeing_windows_ >= 2 && faults == faults_ && SwapIsEmpty();
}

absl::StatusOr<probe::PageChanges> Looks::After(const ForkOptions& options,
                                                const probe::Faults& faults) {
  // No page can have become this process's own without a fault.
  const bool none = faults.total() == 0;
  const bool inferred = none || CanInferAfter(faults);
  const probe::PageChanges expected = none ? probe::PageChanges{} : changes_;
  if (inferred && !options.verify) {
    return expected;
  }
  const int agreeing_windows = std::exchange(agreeing_windows_, 0);
  absl::StatusOr<probe::PageChanges> changes =
      LookUntilInMemory<probe::PageChanges>(
          [&] { return snapshot_.Compare(options.data); },
          [](const probe::PageChanges& seen) { return seen.swapped_pages; });
  if (!changes.ok()) {
    return changes.status();
  }
  if (inferred && *changes != expected) {
    return Mistaken("after");
  }
  const bool agrees = faults == faults_ && *changes == changes_;
  agreeing_windows_ = agrees ? agreeing_windows + 1 : 1;
  faults_ = faults;
  changes_ = *changes;
  return changes;
}

}  // namespace cowbench::internal
