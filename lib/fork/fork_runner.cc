#include "lib/fork/fork_runner.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/fork/rendezvous.h"
#include "lib/probe/faults.h"
#include "lib/probe/oracle.h"
#include "lib/probe/page_snapshot.h"
#include "lib/probe/settle.h"

namespace cowbench {
namespace {

using internal::Board;
using internal::ChildEnd;
using internal::Children;
using internal::MonotonicNs;

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

// The writer's part before the window, once it has settled.
absl::StatusOr<probe::PageSnapshot> TakeSnapshot(const ForkOptions& options,
                                                 Sample* sample) {
  if (options.verify) {  // the first time touches pages of its own
    absl::Status available = probe::OraclesAvailable();
    if (!available.ok()) {
      return available;
    }
  }
  absl::StatusOr<probe::PageSnapshot> snapshot = probe::PageSnapshot::Take();
  if (!snapshot.ok()) {
    return snapshot;
  }
  absl::Status in_memory = CheckInMemory(snapshot->counts().swapped_pages);
  if (!in_memory.ok()) {
    return in_memory;
  }
  sample->fork_tax_pages = snapshot->counts().private_pages;
  return snapshot;
}

// The window, and the writer's part after it.
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
  absl::StatusOr<probe::PageChanges> changes = snapshot.Compare(options.data);
  if (!changes.ok()) {
    return changes.status();
  }
  sample->copied_pages = changes->copied_pages;
  sample->copied_metadata_pages = changes->copied_metadata_pages;
  sample->fresh_pages = changes->fresh_pages;
  return CheckInMemory(changes->swapped_pages);
}

// What a child does once it has settled. Not inlined, so that its frame lies
// on the stack that Settle() touched.
[[gnu::noinline]] absl::Status MeasureInChild(const ForkOptions& options,
                                              absl::FunctionRef<void()> pattern,
                                              ChildEnd* parent,
                                              Sample* sample) {
  if (options.writer == Writer::kParent) {
    parent->ReportDone(internal::kSettle);
    return absl::OkStatus();
  }
  absl::StatusOr<probe::PageSnapshot> snapshot = TakeSnapshot(options, sample);
  if (!snapshot.ok()) {
    return snapshot.status();
  }
  parent->ReportDone(internal::kSettle);
  parent->AwaitStage(internal::kWindow);
  absl::Status status = RunAndCompare(options, pattern, *snapshot, sample);
  if (status.ok()) {
    parent->ReportDone(internal::kWindow);
  }
  return status;
}

// noexcept: a pattern that throws what is no std::exception must not go on as
// a second copy of the program.
[[noreturn]] void RunChild(const ForkOptions& options,
                           absl::FunctionRef<void()> pattern, pid_t parent_pid,
                           const probe::SharedMemory& memory, int index,
                           int event_fd) noexcept {
  // Dies with its parent, also if that happened before the call.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent_pid) {
    _exit(1);
  }
  memory.Touch();
  auto* const board = memory.as<Board>();
  ChildEnd parent(board, index, event_fd);
  parent.AwaitStage(internal::kSettle);
  absl::Status status = probe::Settle();
  if (status.ok()) {
    status = MeasureInChild(options, pattern, &parent, &board->samples[index]);
  }
  if (!status.ok()) {
    parent.Fail(status);
  }
  parent.AwaitStage(internal::kExit);
  _exit(0);
}

// What the parent does once it has settled, up to the end of the last window.
absl::Status RunWindows(const ForkOptions& options,
                        absl::FunctionRef<void()> pattern, Children* children,
                        Sample* sample) {
  children->Enter(internal::kSettle);
  absl::Status settled = children->AwaitDone(internal::kSettle);
  if (!settled.ok()) {
    return settled;
  }
  if (options.writer == Writer::kChild) {
    children->Enter(internal::kWindow);
    return children->AwaitDone(internal::kWindow);
  }
  absl::StatusOr<probe::PageSnapshot> snapshot = TakeSnapshot(options, sample);
  return snapshot.ok() ? RunAndCompare(options, pattern, *snapshot, sample)
                       : snapshot.status();
}

// What the parent does once it has settled. Not inlined, like MeasureInChild().
[[gnu::noinline]] absl::StatusOr<ForkResult> Conduct(
    const ForkOptions& options, absl::FunctionRef<void()> pattern,
    Children* children, absl::Duration fork_time, absl::Span<Sample> samples) {
  absl::Status status = RunWindows(options, pattern, children, samples.data());
  if (!status.ok()) {
    return status;
  }
  const int64_t exit_ns = MonotonicNs();
  children->Enter(internal::kExit);
  absl::Status reaped = children->Reap();
  if (!reaped.ok()) {
    return reaped;
  }
  const int64_t reaped_ns = MonotonicNs();

  int64_t first_ns = samples[0].begin_ns;
  int64_t last_ns = samples[0].end_ns;
  for (const Sample& sample : samples) {
    first_ns = std::min(first_ns, sample.begin_ns);
    last_ns = std::max(last_ns, sample.end_ns);
  }
  return ForkResult{.fork_time = fork_time,
                    .access_time = absl::Nanoseconds(last_ns - first_ns),
                    .exit_time = absl::Nanoseconds(reaped_ns - exit_ns),
                    .samples = samples};
}

}  // namespace

absl::StatusOr<ForkRunner> ForkRunner::Create() {
  absl::StatusOr<probe::SharedMemory> memory =
      probe::SharedMemory::Map(sizeof(Board));
  if (!memory.ok()) {
    return memory.status();
  }
  memory->Touch();
  return ForkRunner(*std::move(memory));
}

absl::StatusOr<ForkResult> ForkRunner::Run(const ForkOptions& options,
                                           absl::FunctionRef<void()> pattern) {
  if (options.children < 1 || options.children > kMaxChildren) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.children, " children: from 1 to ", kMaxChildren,
                     " are possible"));
  }
  auto* const board = new (memory_.as<Board>()) Board{};
  Children children(board,
                    MonotonicNs() + absl::ToInt64Nanoseconds(options.deadline));
  const pid_t self = getpid();
  int64_t fork_ns = 0;
  for (int i = 0; i < options.children; ++i) {
    const int64_t before = MonotonicNs();
    const pid_t pid = fork();
    if (pid == 0) {
      RunChild(options, pattern, self, memory_, i, children.event_fd());
    }
    fork_ns += MonotonicNs() - before;
    if (pid < 0) {
      return absl::ResourceExhaustedError(
          absl::StrCat("fork: ", strerror(errno)));
    }
    absl::Status added = children.Add(pid);
    if (!added.ok()) {
      return added;
    }
  }
  // From here until the last window is over, this process touches only pages
  // that it has made its own now: any other write would make it copy a page
  // and leave the original to the children, uncopied and no longer shared.
  absl::Status settled = probe::Settle();
  if (!settled.ok()) {
    return settled;
  }
  const int writers = options.writer == Writer::kChild ? options.children : 1;
  return Conduct(options, pattern, &children, absl::Nanoseconds(fork_ns),
                 {board->samples, static_cast<size_t>(writers)});
}

}  // namespace cowbench
