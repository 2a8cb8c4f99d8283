// From the time that the parent settles until the last window ends, nothing in
// this file may write to a page that its process shares with another one. Such
// a write would copy the page and make the original private to the other
// process, which would then not copy it. Functions that run in that time are
// marked "quiet".
#include "lib/fork/fork_runner.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/fork/control_block.h"
#include "lib/fork/given_back.h"
#include "lib/fork/run_phases.h"
#include "lib/fork/writer_probe.h"
#include "lib/probe/oracle.h"
#include "lib/probe/page_snapshot.h"
#include "lib/probe/settle.h"

namespace cowbench {
namespace {

using internal::Children;
using internal::ControlBlock;
using internal::MonotonicNs;
using internal::ParentLink;
using internal::WriterProbe;

// One run: a fork, the windows, and the end of the children.
class ForkRun {
 public:
  // `control` must be cleared. `snapshots` has one for each writer, or is null.
  ForkRun(const ForkOptions& options, absl::FunctionRef<void()> pattern,
          const probe::SharedMemory& control, probe::PageSnapshot* snapshots)
      : options_(options),
        pattern_(pattern),
        memory_(control),
        control_(*control.as<ControlBlock>()),
        snapshots_(snapshots),
        children_(&control_,
                  MonotonicNs() + absl::ToInt64Nanoseconds(options.deadline)) {}

  absl::Status Fork();
  absl::Status Settle();
  // Quiet.
  absl::Status RunWindows();
  absl::StatusOr<ForkResult> Finish();

 private:
  [[noreturn]] void RunChild(int index, pid_t parent) noexcept;
  absl::Status PrepareChild(pid_t parent);
  // Quiet.
  absl::Status MeasureInChild(int index, ParentLink* parent);
  absl::Status RunUnmeasured(ParentLink* parent);
  WriterProbe ProbeOf(int index) {
    return {options_, snapshots_ == nullptr ? nullptr : &snapshots_[index],
            &control_, index};
  }

  const ForkOptions& options_;
  absl::FunctionRef<void()> pattern_;
  const probe::SharedMemory& memory_;
  ControlBlock& control_;
  probe::PageSnapshot* snapshots_;
  Children children_;
  int64_t fork_ns_ = 0;
};

absl::Status ForkRun::Fork() {
  if (children_.event_fd() < 0) {
    return absl::ErrnoToStatus(errno, "eventfd");
  }
  const pid_t self = getpid();
  for (int i = 0; i < options_.children; ++i) {
    const int64_t before = MonotonicNs();
    const pid_t pid = fork();
    if (pid == 0) {
      RunChild(i, self);
    }
    fork_ns_ += MonotonicNs() - before;
    if (pid < 0) {
      return absl::ResourceExhaustedError(
          absl::StrCat("fork: ", strerror(errno)));
    }
    COWBENCH_RETURN_IF_ERROR(children_.Add(pid));
  }
  return absl::OkStatus();
}

absl::Status ForkRun::Settle() {
  if (options_.writer != Writer::kChild) {
    return probe::Settle();
  }
  probe::SettleStack();
  return absl::OkStatus();
}

// Not inlined, so that its frame lies on the stack that Settle() wrote to.
[[gnu::noinline]] absl::Status ForkRun::RunWindows() {
  children_.Enter(internal::kSettle);
  COWBENCH_RETURN_IF_ERROR(children_.AwaitDone(internal::kSettle));
  if (options_.writer != Writer::kChild) {
    WriterProbe probe = ProbeOf(0);
    COWBENCH_RETURN_IF_ERROR(probe.PrepareWindow());
    if (options_.writer == Writer::kParentLast) {
      children_.Enter(internal::kWindow);
      COWBENCH_RETURN_IF_ERROR(children_.AwaitDone(internal::kWindow));
      COWBENCH_RETURN_IF_ERROR(probe.ReadStatesAgain());
    }
    COWBENCH_RETURN_IF_ERROR(probe.RunWindow(pattern_));
    return options_.counted() ? probe.CountPages() : absl::OkStatus();
  }
  children_.Enter(internal::kWindow);
  COWBENCH_RETURN_IF_ERROR(children_.AwaitDone(internal::kWindow));
  if (!options_.counted()) {
    return absl::OkStatus();
  }
  children_.Enter(internal::kCount);
  return children_.AwaitDone(internal::kCount);
}

absl::StatusOr<ForkResult> ForkRun::Finish() {
  const int64_t exit_ns = MonotonicNs();
  children_.Enter(internal::kExit);
  COWBENCH_RETURN_IF_ERROR(children_.Reap());
  const int64_t reaped_ns = MonotonicNs();
  const int writers = options_.writer == Writer::kChild ? options_.children : 1;
  const absl::Span<const Sample> samples(control_.samples,
                                         static_cast<size_t>(writers));
  int64_t first_ns = samples[0].begin_ns;
  int64_t last_ns = samples[0].end_ns;
  for (const Sample& sample : samples) {
    first_ns = std::min(first_ns, sample.begin_ns);
    last_ns = std::max(last_ns, sample.end_ns);
  }
  return ForkResult{.fork_time = absl::Nanoseconds(fork_ns_),
                    .access_time = absl::Nanoseconds(last_ns - first_ns),
                    .exit_time = absl::Nanoseconds(reaped_ns - exit_ns),
                    .samples = samples};
}

// noexcept: an exception that nobody catches must end the child, which would
// otherwise go on as a second copy of the program.
void ForkRun::RunChild(int index, pid_t parent_pid) noexcept {
  memory_.Touch();
  ParentLink parent(&control_, index, children_.event_fd());
  absl::Status status = PrepareChild(parent_pid);
  if (status.ok()) {
    parent.AwaitPhase(internal::kSettle);
    status = probe::Settle();
  }
  if (status.ok()) {
    status = MeasureInChild(index, &parent);
  }
  if (!status.ok()) {
    parent.Fail(status);
  }
  parent.AwaitPhase(internal::kExit);
  if (options_.program_fd >= 0) {
    char name[] = "program";
    char* const arguments[] = {name, nullptr};
    char* const environment[] = {nullptr};
    syscall(SYS_execveat, options_.program_fd, "", arguments, environment,
            AT_EMPTY_PATH);
    _exit(127);
  }
  _exit(0);
}

absl::Status ForkRun::PrepareChild(pid_t parent) {
  // The child dies with its parent, even if that has died before this call.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
    return absl::ErrnoToStatus(errno, "prctl(PR_SET_PDEATHSIG)");
  }
  if (getppid() != parent) {
    _exit(1);
  }
  return absl::OkStatus();
}

// Not inlined, like RunWindows().
[[gnu::noinline]] absl::Status ForkRun::MeasureInChild(int index,
                                                       ParentLink* parent) {
  if (options_.writer != Writer::kChild) {
    parent->ReportDone(internal::kSettle);
    return options_.writer == Writer::kParent ? absl::OkStatus()
                                              : RunUnmeasured(parent);
  }
  WriterProbe probe = ProbeOf(index);
  COWBENCH_RETURN_IF_ERROR(probe.PrepareWindow());
  parent->ReportDone(internal::kSettle);
  parent->AwaitPhase(internal::kWindow);
  COWBENCH_RETURN_IF_ERROR(probe.RunWindow(pattern_));
  parent->ReportDone(internal::kWindow);
  if (options_.counted()) {
    parent->AwaitPhase(internal::kCount);
    COWBENCH_RETURN_IF_ERROR(probe.CountPages());
    parent->ReportDone(internal::kCount);
  }
  return absl::OkStatus();
}

absl::Status ForkRun::RunUnmeasured(ParentLink* parent) {
  parent->AwaitPhase(internal::kWindow);
  try {
    pattern_();
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
  parent->ReportDone(internal::kWindow);
  return absl::OkStatus();
}

// The control block during a run, otherwise null.
ControlBlock* block_for_reports = nullptr;

}  // namespace

void ReportGivenBack(size_t bytes) {
  if (block_for_reports == nullptr) {
    return;
  }
  const pid_t self = getpid();
  for (internal::GivenBack& one : block_for_reports->given_back) {
    if (one.writer == self) {
      one.pages += (bytes + probe::PageSize() - 1) / probe::PageSize();
    }
  }
}

absl::StatusOr<ForkRunner> ForkRunner::Create() {
  COWBENCH_ASSIGN_OR_RETURN(probe::SharedMemory control,
                            probe::SharedMemory::Map(sizeof(ControlBlock)));
  control.Touch();
  return ForkRunner(std::move(control));
}

absl::Status ForkRunner::ReserveSnapshots(int writers) {
  if (writers <= snapshot_count_) {
    return absl::OkStatus();
  }
  snapshot_count_ = 0;
  snapshots_.reset();
  COWBENCH_ASSIGN_OR_RETURN(
      probe::SharedMemory memory,
      probe::SharedMemory::Map(static_cast<size_t>(writers) *
                               sizeof(probe::PageSnapshot)));
  snapshots_.emplace(std::move(memory));
  snapshot_count_ = writers;
  return absl::OkStatus();
}

absl::StatusOr<ForkResult> ForkRunner::Run(const ForkOptions& options,
                                           absl::FunctionRef<void()> pattern) {
  if (options.children < 1 || options.children > kMaxChildren) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.children, " children: from 1 to ", kMaxChildren,
                     " are possible"));
  }
  if (options.verify && !has_oracles_) {
    // Not in the children: its first call writes to pages.
    COWBENCH_RETURN_IF_ERROR(probe::OraclesAvailable());
    has_oracles_ = true;
  }
  const int snapshots = options.writer == Writer::kChild    ? options.children
                        : options.writer == Writer::kParent ? 1
                                                            : 2;
  if (options.counted()) {
    COWBENCH_RETURN_IF_ERROR(ReserveSnapshots(snapshots));
  }
  block_for_reports = new (control_.as<ControlBlock>()) ControlBlock{};
  const absl::Cleanup reset = [] { block_for_reports = nullptr; };
  ForkRun run(options, pattern, control_,
              snapshots <= snapshot_count_
                  ? snapshots_->as<probe::PageSnapshot>()
                  : nullptr);
  for (const auto step :
       {&ForkRun::Fork, &ForkRun::Settle, &ForkRun::RunWindows}) {
    COWBENCH_RETURN_IF_ERROR((run.*step)());
  }
  return run.Finish();
}

}  // namespace cowbench
