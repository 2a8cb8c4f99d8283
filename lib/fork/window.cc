#include "lib/fork/window.h"

#include <exception>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/fork/rendezvous.h"
#include "lib/probe/faults.h"
#include "lib/probe/mappings.h"
#include "lib/probe/oracle.h"
#include "lib/probe/page_snapshot.h"

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

// Fills in what the window changed.
absl::Status LookAfter(const ForkOptions& options, Looks* looks,
                       Sample* sample) {
  const int64_t look_ns = MonotonicNs();
  const absl::StatusOr<probe::PageChanges> changes = looks->After(
      options, {.minor = sample->minor_faults, .major = sample->major_faults});
  sample->probe_ns += MonotonicNs() - look_ns;
  if (!changes.ok()) {
    return changes.status();
  }
  sample->copied_pages = changes->copied_pages;
  sample->copied_metadata_pages = changes->copied_metadata_pages;
  sample->fresh_pages = changes->fresh_pages;
  return absl::OkStatus();
}

// RunWindow() and LookAfter(), held against the two oracles.
absl::Status RunVerifiedWindow(const ForkOptions& options,
                               absl::FunctionRef<void()> pattern, Looks* looks,
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
  for (const absl::Status& status :
       {mapped_before.status(), before.status(), after.status(),
        mapped_after.status(), moved.status(),
        LookAfter(options, looks, sample)}) {
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
  const uint64_t zero_page_writes = *after - *before - sample->copied_pages;
  const uint64_t reuses =
      faults - sample->copied_pages - sample->fresh_pages - zero_page_writes;
  if (*moved != sample->copied_pages ||
      zero_page_writes > sample->fresh_pages ||
      reuses > sample->fork_tax_pages + *mapped_after - *mapped_before) {
    return absl::DataLossError(
        absl::StrCat("verify: ", sample->copied_pages, " pages copied and ",
                     sample->fresh_pages, " fresh in ", faults,
                     " faults, but the kernel counted ", *after - *before,
                     " copies and ", *moved, " frames changed"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status LookBefore(const ForkOptions& options, const BeforeWindow& before,
                        Looks* looks, Sample* sample) {
  if (options.verify) {  // the first time touches pages of its own
    absl::Status available = probe::OraclesAvailable();
    if (!available.ok()) {
      return available;
    }
  }
  const int64_t look_ns = MonotonicNs();
  absl::Status looked = looks->Before(options, before);
  sample->probe_ns = MonotonicNs() - look_ns;
  sample->fork_tax_pages = looks->snapshot().counts().private_pages;
  return looked;
}

absl::Status RunAndCompare(const ForkOptions& options,
                           absl::FunctionRef<void()> pattern, Looks* looks,
                           Sample* sample) {
  try {
    if (options.verify) {
      return RunVerifiedWindow(options, pattern, looks, sample);
    }
    RunWindow(pattern, sample);
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
  return LookAfter(options, looks, sample);
}

}  // namespace cowbench::internal
