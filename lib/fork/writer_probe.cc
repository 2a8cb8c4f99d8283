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
#include "lib/base/status_macros.h"
#include "lib/fork/run_phases.h"
#include "lib/probe/access_flag.h"
#include "lib/probe/faults.h"
#include "lib/probe/huge_pages.h"
#include "lib/probe/lru_batches.h"
#include "lib/probe/mappings.h"
#include "lib/probe/migrations.h"

namespace cowbench::internal {
namespace {

// Runs the window. All faults between the two readings of the fault counter are
// counted, so only the clock and the pattern may run there. Returns 0, or errno
// when the counter cannot be read.
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

// The most faults of a window that may have no effect (lib/probe/huge_pages.h).
// Measured: at most one in each of 6000 windows with 4608 copies.
int64_t MostSpuriousFaults(int64_t copied) { return 2 + copied / 100'000; }

bool SwapIsEmpty() {
  struct sysinfo system;
  return sysinfo(&system) == 0 && system.totalswap == system.freeswap;
}

// Calls `read` again while pages seem to be in swap space, although that is
// empty: the entry of a page that is being migrated looks the same for a moment
// (fs/proc/task_mmu.c). Whether a page in swap space is shared is unknown, so
// that is an error.
template <typename Read, typename SwappedPages>
absl::Status ReadUntilInMemory(Read read, SwappedPages swapped_pages) {
  constexpr int kMaxReads = 100;
  for (int reads = 0; reads < kMaxReads; ++reads) {
    COWBENCH_RETURN_IF_ERROR(read());
    if (swapped_pages() == 0) {
      return absl::OkStatus();
    }
    if (!SwapIsEmpty()) {
      break;
    }
  }
  return absl::FailedPreconditionError(
      absl::StrCat(swapped_pages(),
                   " pages are in swap space, where they cannot be counted "
                   "exactly; use less memory or swapoff"));
}

// Adds its own lifetime to the probe time of a sample.
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
  const ProbeTimer timer(sample_);
  if (options_.counted()) {
    COWBENCH_RETURN_IF_ERROR(ReadStatesBefore());
  }
  if (snapshot_ != nullptr) {
    COWBENCH_RETURN_IF_ERROR(snapshot_->TakeWriteFaultsOnPrivatePages());
  }
  return options_.verify && options_.writer != Writer::kParentLast
             ? ReadOracles()
             : absl::OkStatus();
}

absl::Status WriterProbe::ReadStatesAgain() {
  const ProbeTimer timer(sample_);
  probe::DrainLruBatches();
  if (!options_.counted()) {
    return absl::OkStatus();
  }
  COWBENCH_ASSIGN_OR_RETURN(const probe::PageChanges changes,
                            snapshot_->Compare());
  left_behind_ = changes.copied_pages;
  // A page that children have left, in a huge page of which they still map a
  // part, does not show before the parent has split its own mapping.
  if (probe::AnonymousHugeBytes() > 0) {
    return absl::FailedPreconditionError(
        "pages that children have left to the parent may be in huge pages, "
        "where they are copied all the same; use --thp=never");
  }
  at_begin_ = snapshot_ + 1;
  COWBENCH_RETURN_IF_ERROR(
      ReadUntilInMemory([this] { return at_begin_->Take(); },
                        [this] { return at_begin_->counts().swapped_pages; }));
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
  COWBENCH_RETURN_IF_ERROR(CompareStatesAfter());
  return options_.verify ? CompareWithOracles() : absl::OkStatus();
}

absl::Status WriterProbe::ReadStatesBefore() {
  COWBENCH_RETURN_IF_ERROR(
      ReadUntilInMemory([this] { return snapshot_->Take(); },
                        [this] { return snapshot_->counts().swapped_pages; }));
  sample_->pages = WindowPages{
      .copied = 0,
      .copied_metadata = 0,
      .fresh = 0,
      .fork_tax = snapshot_->counts().private_pages,
      .unsure = 0,
      .reused = 0,
  };
  return absl::OkStatus();
}

absl::Status WriterProbe::CompareStatesAfter() {
  // Without a fault, no page has changed.
  if (sample_->minor_faults + sample_->major_faults == 0 && !options_.verify) {
    return absl::OkStatus();
  }
  probe::PageChanges changes;
  COWBENCH_RETURN_IF_ERROR(ReadUntilInMemory(
      [&]() -> absl::Status {
        COWBENCH_ASSIGN_OR_RETURN(changes, at_begin_->Compare(options_.data));
        return absl::OkStatus();
      },
      [&changes] { return changes.swapped_pages; }));
  sample_->pages->copied = changes.copied_pages;
  sample_->pages->copied_metadata = changes.copied_metadata_pages;
  sample_->pages->fresh = changes.fresh_pages;
  if (left_behind_ > 0) {
    COWBENCH_ASSIGN_OR_RETURN(sample_->pages->reused, CountReusedPages());
  }
  sample_->pages->unsure = UnsurePages(changes.gone_pages);
  return absl::OkStatus();
}

absl::StatusOr<uint32_t> WriterProbe::CountReusedPages() {
  // What children left behind and the window did not give back: it was shared
  // before the children ran, and was not copied in the window.
  COWBENCH_ASSIGN_OR_RETURN(const probe::PageChanges since_children,
                            snapshot_->Compare());
  const uint64_t left_behind =
      since_children.copied_pages -
      std::min<uint64_t>(sample_->pages->copied, since_children.copied_pages);
  left_behind_and_gone_ = left_behind_ - std::min(left_behind, left_behind_);
  probe::Faults before;
  probe::Faults after;
  probe::ReadFaults(&before);
  COWBENCH_RETURN_IF_ERROR(at_begin_->TakeWriteFaultsOnPrivatePages());
  probe::ReadFaults(&after);
  const auto unwritten = static_cast<uint64_t>(after.minor + after.major -
                                               before.minor - before.major);
  return static_cast<uint32_t>(left_behind - std::min(unwritten, left_behind));
}

uint32_t WriterProbe::UnsurePages(uint64_t gone_pages) const {
  // Some faults made a copy that is still there, or filled new memory. All
  // others may have copied a page that is gone.
  const uint64_t fresh_faults =
      gone_pages == 0 || probe::EachFaultFillsOnePage()
          ? sample_->pages->fresh
          : sample_->pages->fresh / probe::EntriesOfPageTable();
  const uint64_t known =
      sample_->pages->copied + sample_->pages->reused + fresh_faults;
  const auto faults =
      static_cast<uint64_t>(sample_->minor_faults + sample_->major_faults);
  const uint64_t missing =
      std::min(gone_pages, faults - std::min(known, faults));
  // A page that was given back and is present was touched again, and may look
  // like a copy.
  const uint64_t given_back = given_back_->pages;
  const uint64_t touched_again = std::min(
      given_back - std::min(gone_pages, given_back), sample_->pages->copied);
  return static_cast<uint32_t>(std::max(missing, touched_again));
}

absl::Status WriterProbe::ReadOracles() {
  // First, so that no action after a reading of frames is missed.
  actions_ = probe::ReadKernelActions();
  COWBENCH_ASSIGN_OR_RETURN(probe::FrameSnapshot frames,
                            probe::FrameSnapshot::Take());
  frames_.emplace(std::move(frames));
  COWBENCH_ASSIGN_OR_RETURN(shared_mapping_pages_,
                            probe::PagesOfSharedMappings());
  COWBENCH_ASSIGN_OR_RETURN(kernel_copies_, probe::KernelCopyCount());
  had_huge_pages_ = probe::AnonymousHugeBytes() > 0;
  return absl::OkStatus();
}

// Every fault, and the kernel's count of copies, must have an explanation:
// * A fault copies a page or a whole reserved huge page, reuses a page, which
//   may be given back later, or fills a folio of absent pages.
// * A fault that reads an absent page maps the zero page. A later write to it
//   faults again, and the kernel counts a copy.
// * A fault in a file, or in a shared mapping, maps one page or several
//   neighbours.
// * A write to a page of a split huge page may fault twice
//   (lib/probe/huge_pages.h), and the kernel may drop the copy that it made for
//   the first fault.
// * Where the kernel sets the access flag, the first access to each page that
//   the fork copied the entry of may be a fault (lib/probe/access_flag.h).
// * A page that the kernel migrates meanwhile, for example to compact memory,
//   gets another frame, and no frame for a moment. A fault may have to wait for
//   it, and is then retried. A copy may be dropped and made again. A page that
//   is about to be migrated has one more user, so that it is not reused.
// * Where the writer gave memory back, only a limit of the error is known.
absl::Status WriterProbe::CompareWithOracles() {
  COWBENCH_ASSIGN_OR_RETURN(const uint64_t copies, probe::KernelCopyCount());
  COWBENCH_ASSIGN_OR_RETURN(const uint64_t mapped,
                            probe::PagesOfSharedMappings());
  COWBENCH_ASSIGN_OR_RETURN(const probe::FrameChanges frames,
                            frames_->Compare());
  const auto copied = static_cast<int64_t>(sample_->pages->copied);
  const auto fresh = static_cast<int64_t>(sample_->pages->fresh);
  const auto kernel_copied = static_cast<int64_t>(copies - kernel_copies_);
  const auto moved = static_cast<int64_t>(frames.moved_pages);
  const int64_t faults = sample_->minor_faults + sample_->major_faults;
  // How often a fault copied something.
  const int64_t copies_made =
      copied - static_cast<int64_t>(frames.moved_hugetlb_tails);
  const int64_t zero_page_writes = kernel_copied - copies_made;
  const int64_t other_faults =
      faults - copies_made - static_cast<int64_t>(sample_->pages->reused) -
      zero_page_writes -
      static_cast<int64_t>(frames.fresh_folios + frames.zero_pages);
  const auto newly_mapped = static_cast<int64_t>(mapped + frames.file_pages) -
                            static_cast<int64_t>(shared_mapping_pages_);
  const int64_t spurious = had_huge_pages_ ? MostSpuriousFaults(copied) : 0;
  const int64_t first_accesses =
      probe::FirstAccessFaults()
          ? static_cast<int64_t>(at_begin_->counts().shared_pages +
                                 at_begin_->counts().private_pages)
          : 0;
  const auto unsure = static_cast<int64_t>(sample_->pages->unsure);
  const auto is_explained = [&](int64_t migrated) {
    const bool copies_are =
        zero_page_writes >= -unsure &&
        zero_page_writes <= fresh + spurious + unsure + migrated;
    const bool frames_are =
        moved >= copied - migrated && moved <= copied + migrated;
    const bool faults_are =
        other_faults >= -migrated &&
        other_faults <= newly_mapped + spurious + migrated + first_accesses +
                            static_cast<int64_t>(left_behind_and_gone_);
    return copies_are && (unsure > 0 || (frames_are && faults_are));
  };
  probe::KernelActions actions = probe::ReadKernelActions();
  const auto migrated = [&] {
    return static_cast<int64_t>(actions.migrated_pages + actions.failed_pages -
                                actions_.migrated_pages -
                                actions_.failed_pages);
  };
  if (!is_explained(migrated())) {
    // The kernel counts pages when it has migrated all of a batch.
    usleep(20'000);
    actions = probe::ReadKernelActions();
  }
  if (!is_explained(migrated())) {
    return absl::DataLossError(absl::StrCat(
        "verify: ", copied, " pages copied and ", fresh, " fresh in ", faults,
        " faults, but the kernel counted ", kernel_copied, " copies, ", moved,
        " frames changed, and ", other_faults, " faults are unexplained",
        actions.collapsed_huge_pages == actions_.collapsed_huge_pages
            ? ""
            : "; khugepaged made a huge page meanwhile, perhaps of these "
              "pages"));
  }
  return absl::OkStatus();
}

}  // namespace cowbench::internal
