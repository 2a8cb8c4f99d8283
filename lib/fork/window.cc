#include "lib/fork/window.h"

#include <exception>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/fork/rendezvous.h"
#include "lib/probe/faults.h"
#include "lib/probe/mappings.h"
#include "lib/probe/oracle.h"

namespace cowbench::internal {
namespace {

// The window. Whatever stands between the two readings of the fault counter
// is counted, so nothing may stand there but the clock and the pattern.
[[gnu::noinline]] void RunWindow(absl::FunctionRef<void()> pattern,
                                 Sample* sample) {
  const probe::Faults before = probe::FaultsSoFar();
  const int64_t begin_ns = MonotonicNs();
  pattern();
  const int64_t end_ns = MonotonicNs();
  const probe::Faults after = probe::FaultsSoFar();
  sample->begin_ns = begin_ns;
  sample->end_ns = end_ns;
  sample->minor_faults = after.minor - before.minor;
  sample->major_faults = after.major - before.major;
}

// RunWindow(), between readings of the two oracles.
absl::Status RunVerifiedWindow(absl::FunctionRef<void()> pattern,
                               const probe::PageSnapshot& snapshot,
                               Sample* sample) {
  absl::StatusOr<probe::FrameSnapshot> frames = probe::FrameSnapshot::Take();
  if (!frames.ok()) {
    return frames.status();
  }
  absl::StatusOr<uint64_t> mapped_before = probe::PagesOfSharedMappings();
  absl::StatusOr<uint64_t> before = probe::KernelCopyCount();
  RunWindow(pattern, sample);
  absl::StatusOr<uint64_t> after = probe::KernelCopyCount();
  absl::StatusOr<uint64_t> mapped_after = probe::PagesOfSharedMappings();
  absl::StatusOr<uint64_t> moved = frames->CountMoved();
  absl::StatusOr<probe::PageChanges> changes = snapshot.Compare();
  for (const absl::Status& status :
       {mapped_before.status(), before.status(), after.status(),
        mapped_after.status(), moved.status(), changes.status()}) {
    if (!status.ok()) {
      return status;
    }
  }
  // Every fault must be explained, and the kernel's count with them. A fresh
  // page that is read before it is written faults twice: the kernel maps the
  // zero page, then counts its replacement as a copy. A page that was the
  // writer's own already faults once, and is used as it is (wp_page_reuse); so
  // does one in memory that is shared on purpose.
  const auto faults =
      static_cast<uint64_t>(sample->minor_faults + sample->major_faults);
  const uint64_t zero_page_writes = *after - *before - changes->copied_pages;
  const uint64_t reuses =
      faults - changes->copied_pages - changes->fresh_pages - zero_page_writes;
  if (*moved != changes->copied_pages ||
      zero_page_writes > changes->fresh_pages ||
      reuses > sample->fork_tax_pages + *mapped_after - *mapped_before) {
    return absl::DataLossError(
        absl::StrCat("verify: ", changes->copied_pages, " pages copied and ",
                     changes->fresh_pages, " fresh in ", faults,
                     " faults, but the kernel counted ", *after - *before,
                     " copies and ", *moved, " frames changed"));
  }
  return absl::OkStatus();
}

absl::Status CheckInMemory(uint64_t swapped_pages) {
  if (swapped_pages == 0) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat(swapped_pages,
                   " pages are in swap space, where they cannot be counted "
                   "exactly; use less memory or swapoff"));
}

}  // namespace

absl::Status LookBefore(const ForkOptions& options, const BeforeWindow& before,
                        BeginSnapshot* begin, Sample* sample) {
  if (options.verify) {  // the first time touches pages of its own
    absl::Status available = probe::OraclesAvailable();
    if (!available.ok()) {
      return available;
    }
  }
  const int64_t look_ns = MonotonicNs();
  absl::Status looked = begin->Refresh(before, options.verify);
  sample->probe_ns = MonotonicNs() - look_ns;
  if (!looked.ok()) {
    return looked;
  }
  const probe::PageCounts& counts = begin->snapshot().counts();
  sample->fork_tax_pages = counts.private_pages;
  return CheckInMemory(counts.swapped_pages);
}

absl::Status RunAndCompare(const ForkOptions& options,
                           absl::FunctionRef<void()> pattern,
                           const probe::PageSnapshot& snapshot,
                           Sample* sample) {
  try {
    if (options.verify) {
      absl::Status verified = RunVerifiedWindow(pattern, snapshot, sample);
      if (!verified.ok()) {
        return verified;
      }
    } else {
      RunWindow(pattern, sample);
    }
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
  if (sample->minor_faults + sample->major_faults == 0) {
    // No page can have become this process's own: the kernel counts each fault
    // that it handles (mm/memory.c, mm_account_fault).
    return absl::OkStatus();
  }
  const int64_t look_ns = MonotonicNs();
  absl::StatusOr<probe::PageChanges> changes = snapshot.Compare(options.data);
  for (int looks = 1; looks < kMaxLooks && changes.ok() &&
                      changes->swapped_pages > 0 && SwapIsEmpty();
       ++looks) {
    changes = snapshot.Compare(options.data);
  }
  sample->probe_ns += MonotonicNs() - look_ns;
  if (!changes.ok()) {
    return changes.status();
  }
  sample->copied_pages = changes->copied_pages;
  sample->copied_metadata_pages = changes->copied_metadata_pages;
  sample->fresh_pages = changes->fresh_pages;
  return CheckInMemory(changes->swapped_pages);
}

}  // namespace cowbench::internal
