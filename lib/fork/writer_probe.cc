#include "lib/fork/writer_probe.h"

#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/fork/run_phases.h"
#include "lib/probe/faults.h"
#include "lib/probe/huge_pages.h"
#include "lib/probe/mappings.h"

namespace cowbench::internal {
namespace {

// The window. Whatever stands between the two readings of the fault counter is
// counted, so nothing may stand there but the clock and the pattern. Returns
// errno when the counter cannot be read, or 0.
[[gnu::noinline]] int TakeWindow(absl::FunctionRef<void()> pattern,
                                 Sample* sample) {
  probe::Faults before;
  probe::Faults after;
  if (!probe::ReadFaults(&before)) {
    return errno;
  }
  const int64_t begin_ns = MonotonicNs();
  pattern();
  const int64_t end_ns = MonotonicNs();
  if (!probe::ReadFaults(&after)) {
    return errno;
  }
  sample->begin_ns = begin_ns;
  sample->end_ns = end_ns;
  sample->minor_faults = after.minor - before.minor;
  sample->major_faults = after.major - before.major;
  return 0;
}

// Faults of a window that did nothing (lib/probe/huge_pages.h). Measured: one
// was the most in 6000 windows of 4608 copies each.
int64_t MostSpuriousFaults(int64_t copied) { return 2 + copied / 100'000; }

bool SwapIsEmpty() {
  struct sysinfo system;
  return sysinfo(&system) == 0 && system.totalswap == system.freeswap;
}

// Looks until no page seems to be in swap space, where nobody can tell whether
// it is shared. The entry of a page that is being migrated looks the same
// (fs/proc/task_mmu.c), but only for a moment.
template <typename Look, typename SwappedPages>
absl::Status LookUntilInMemory(Look look, SwappedPages swapped_pages) {
  constexpr int kMaxLooks = 100;
  absl::Status status = look();
  for (int looks = 1;
       looks < kMaxLooks && status.ok() && swapped_pages() > 0 && SwapIsEmpty();
       ++looks) {
    status = look();
  }
  if (status.ok() && swapped_pages() > 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(swapped_pages(),
                     " pages are in swap space, where they cannot be counted "
                     "exactly; use less memory or swapoff"));
  }
  return status;
}

// Adds the time from its construction to its end to a sample.
class ProbeTimer {
 public:
  explicit ProbeTimer(Sample* sample)
      : sample_(sample), begin_ns_(MonotonicNs()) {}
  ProbeTimer(const ProbeTimer&) = delete;
  ProbeTimer& operator=(const ProbeTimer&) = delete;
  ~ProbeTimer() { sample_->probe_ns += MonotonicNs() - begin_ns_; }

 private:
  Sample* sample_;
  int64_t begin_ns_;
};

}  // namespace

absl::Status WriterProbe::PrepareWindow() {
  if (options_.verify) {  // the first time touches pages of its own
    if (absl::Status available = probe::OraclesAvailable(); !available.ok()) {
      return available;
    }
  }
  const ProbeTimer timer(sample_);
  if (options_.counted()) {
    if (absl::Status looked = LookBefore(); !looked.ok()) {
      return looked;
    }
  }
  if (snapshot_ != nullptr) {
    if (absl::Status taken = snapshot_->TakeWriteFaultsOnPrivatePages();
        !taken.ok()) {
      return taken;
    }
  }
  return options_.verify ? ReadOracles() : absl::OkStatus();
}

absl::Status WriterProbe::RunWindow(absl::FunctionRef<void()> pattern) {
  try {
    given_back_->writer = getpid();
    const int error = TakeWindow(pattern, sample_);
    given_back_->writer = 0;
    return error == 0 ? absl::OkStatus()
                      : absl::UnavailableError(
                            absl::StrCat("getrusage: ", strerror(error)));
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
}

absl::Status WriterProbe::CountPages() {
  const ProbeTimer timer(sample_);
  absl::Status status = LookAfter();
  return status.ok() && options_.verify ? CompareWithOracles() : status;
}

absl::Status WriterProbe::LookBefore() {
  absl::Status looked =
      LookUntilInMemory([this] { return snapshot_->Take(); },
                        [this] { return snapshot_->counts().swapped_pages; });
  sample_->pages = WindowPages{
      .copied = 0,
      .copied_metadata = 0,
      .fresh = 0,
      .fork_tax = snapshot_->counts().private_pages,
      .unsure = 0,
  };
  return looked;
}

absl::Status WriterProbe::LookAfter() {
  // Without a fault, no page can have become the writer's own.
  if (sample_->minor_faults + sample_->major_faults == 0 && !options_.verify) {
    return absl::OkStatus();
  }
  probe::PageChanges changes;
  absl::Status looked = LookUntilInMemory(
      [&] {
        absl::StatusOr<probe::PageChanges> seen =
            snapshot_->Compare(options_.data);
        changes = seen.ok() ? *seen : probe::PageChanges();
        return seen.status();
      },
      [&changes] { return changes.swapped_pages; });
  sample_->pages->copied = changes.copied_pages;
  sample_->pages->copied_metadata = changes.copied_metadata_pages;
  sample_->pages->fresh = changes.fresh_pages;
  sample_->pages->unsure = UnsurePages(changes.gone_pages);
  return looked;
}

uint64_t WriterProbe::UnsurePages(uint64_t gone_pages) const {
  // Faults that neither made a copy that is still there nor filled new memory
  // may have copied what is gone.
  const uint64_t fresh_faults =
      gone_pages == 0 || probe::EachFaultFillsOnePage()
          ? sample_->pages->fresh
          : sample_->pages->fresh / probe::EntriesOfPageTable();
  const uint64_t known = sample_->pages->copied + fresh_faults;
  const auto faults =
      static_cast<uint64_t>(sample_->minor_faults + sample_->major_faults);
  const uint64_t missing =
      std::min(gone_pages, faults - std::min(known, faults));
  // What was given back and is present may have been touched again.
  const uint64_t given_back = given_back_->pages;
  const uint64_t touched_again = std::min(
      given_back - std::min(gone_pages, given_back), sample_->pages->copied);
  return std::max(missing, touched_again);
}

absl::Status WriterProbe::ReadOracles() {
  absl::StatusOr<probe::FrameSnapshot> frames = probe::FrameSnapshot::Take();
  if (!frames.ok()) {
    return frames.status();
  }
  frames_.emplace(*std::move(frames));
  const absl::StatusOr<uint64_t> mapped = probe::PagesOfSharedMappings();
  const absl::StatusOr<uint64_t> copies = probe::KernelCopyCount();
  if (!mapped.ok() || !copies.ok()) {
    return mapped.ok() ? copies.status() : mapped.status();
  }
  had_huge_pages_ = probe::AnonymousHugeBytes() > 0;
  actions_ = probe::ReadKernelActions();
  shared_mapping_pages_ = *mapped;
  kernel_copies_ = *copies;
  return absl::OkStatus();
}

// Every fault must be explained, and the kernel's count with them:
// * A fault copies a page, or fills a folio of absent ones.
// * A fault that reads an absent page maps the zero page there. When that is
//   written to, it faults again, and the kernel counts a copy.
// * A fault in a file, or in a mapping that is shared on purpose, maps one page
//   or several neighbours.
// * A write to a page of a split huge page may fault twice
//   (lib/probe/huge_pages.h), and the kernel may throw away a copy that it made
//   the first time.
// * Pages that the kernel migrates meanwhile, as when it compacts memory, get
//   another frame. A fault may have to wait for one, and is then taken again.
// * Where the writer gave memory back, all that is known is how far the count
//   may be off.
absl::Status WriterProbe::CompareWithOracles() {
  const absl::StatusOr<uint64_t> copies = probe::KernelCopyCount();
  const absl::StatusOr<uint64_t> mapped = probe::PagesOfSharedMappings();
  const absl::StatusOr<probe::FrameChanges> frames = frames_->Compare();
  for (const absl::Status& status :
       {copies.status(), mapped.status(), frames.status()}) {
    if (!status.ok()) {
      return status;
    }
  }
  const auto copied = static_cast<int64_t>(sample_->pages->copied);
  const auto fresh = static_cast<int64_t>(sample_->pages->fresh);
  const auto kernel_copied = static_cast<int64_t>(*copies - kernel_copies_);
  const auto moved = static_cast<int64_t>(frames->moved_pages);
  const int64_t faults = sample_->minor_faults + sample_->major_faults;
  const int64_t zero_page_writes = kernel_copied - copied;
  const int64_t other_faults =
      faults - copied - zero_page_writes -
      static_cast<int64_t>(frames->fresh_folios + frames->zero_pages);
  const auto newly_mapped = static_cast<int64_t>(*mapped + frames->file_pages) -
                            static_cast<int64_t>(shared_mapping_pages_);
  const int64_t spurious = had_huge_pages_ ? MostSpuriousFaults(copied) : 0;
  const probe::KernelActions actions = probe::ReadKernelActions();
  const auto migrated =
      static_cast<int64_t>(actions.migrated_pages - actions_.migrated_pages);
  const auto unsure = static_cast<int64_t>(sample_->pages->unsure);
  if (zero_page_writes < -unsure ||
      zero_page_writes > fresh + spurious + unsure ||
      (unsure == 0 &&
       (moved < copied || moved > copied + migrated || other_faults < 0 ||
        other_faults > newly_mapped + spurious + migrated))) {
    return absl::DataLossError(absl::StrCat(
        "verify: ", copied, " pages copied and ", fresh, " fresh in ", faults,
        " faults, but the kernel counted ", kernel_copied, " copies, ", moved,
        " frames changed, and ", other_faults, " faults are unexplained",
        actions.collapsed_huge_pages == actions_.collapsed_huge_pages
            ? ""
            : "; khugepaged made a huge page meanwhile, perhaps of these"));
  }
  return absl::OkStatus();
}

}  // namespace cowbench::internal
