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
#include "lib/fork/looks.h"
#include "lib/fork/rendezvous.h"
#include "lib/fork/window.h"
#include "lib/probe/faults.h"
#include "lib/probe/settle.h"

namespace cowbench {
namespace {

using internal::BeforeWindow;
using internal::Board;
using internal::ChildEnd;
using internal::Children;
using internal::LookBefore;
using internal::Looks;
using internal::MonotonicNs;
using internal::RunAndCompare;

// What a child does once it has settled. Not inlined, so that its frame lies
// on the stack that Settle() touched.
[[gnu::noinline]] absl::Status MeasureInChild(const ForkOptions& options,
                                              absl::FunctionRef<void()> pattern,
                                              const BeforeWindow& before,
                                              Looks* looks, ChildEnd* parent,
                                              Sample* sample) {
  if (options.writer == Writer::kParent) {
    parent->ReportDone(internal::kSettle);
    return absl::OkStatus();
  }
  absl::Status status = LookBefore(options, before, looks, sample);
  if (!status.ok()) {
    return status;
  }
  parent->ReportDone(internal::kSettle);
  parent->AwaitStage(internal::kWindow);
  status = RunAndCompare(options, pattern, looks, sample);
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
                           BeforeWindow before, Looks* looks,
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
    before.own_faults = probe::FaultsSoFar().total();
    before.parent_faults += board->parent_faults;
    status = MeasureInChild(options, pattern, before, looks, &parent,
                            &board->samples[index]);
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
                        const BeforeWindow& before, Looks* looks,
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
  absl::Status looked = LookBefore(options, before, looks, sample);
  return looked.ok() ? RunAndCompare(options, pattern, looks, sample) : looked;
}

// What the parent does once it has settled. Not inlined, like MeasureInChild().
[[gnu::noinline]] absl::StatusOr<ForkResult> Conduct(
    const ForkOptions& options, absl::FunctionRef<void()> pattern,
    Children* children, const BeforeWindow& before, Looks* looks,
    absl::Duration fork_time, absl::Span<Sample> samples) {
  absl::Status status =
      RunWindows(options, pattern, children, before, looks, samples.data());
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
  absl::StatusOr<probe::SharedMemory> looks =
      probe::SharedMemory::Map(kMaxChildren * sizeof(Looks));
  if (!looks.ok()) {
    return looks.status();
  }
  return ForkRunner(*std::move(memory), *std::move(looks));
}

absl::StatusOr<ForkResult> ForkRunner::Run(const ForkOptions& options,
                                           absl::FunctionRef<void()> pattern) {
  if (options.children < 1 || options.children > kMaxChildren) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.children, " children: from 1 to ", kMaxChildren,
                     " are possible"));
  }
  auto* const board = new (board_.as<Board>()) Board{};
  Children children(board,
                    MonotonicNs() + absl::ToInt64Nanoseconds(options.deadline));
  auto* const looks = looks_.as<Looks>();
  // A pattern that runs here changes what is present.
  if (!options.unchanged || options.writer == Writer::kParent) {
    ++generation_;
  }
  if (!options.same_pattern) {
    ++pattern_;
  }
  BeforeWindow window = {.generation = generation_,
                         .pattern = pattern_,
                         .collapsed_pages = internal::CollapsedPages(),
                         .own_faults = 0,
                         .parent_faults = 0};
  const pid_t self = getpid();
  int64_t fork_ns = 0;
  for (int i = 0; i < options.children; ++i) {
    window.parent_faults = -probe::FaultsSoFar().total();
    const int64_t before = MonotonicNs();
    const pid_t pid = fork();
    if (pid == 0) {
      RunChild(options, pattern, self, board_, i, window, &looks[i],
               children.event_fd());
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
  if (options.writer == Writer::kParent) {
    absl::Status settled = probe::Settle();
    if (!settled.ok()) {
      return settled;
    }
  } else {
    probe::SettleStack();
  }
  board->parent_faults = probe::FaultsSoFar().total();
  const int writers = options.writer == Writer::kChild ? options.children : 1;
  return Conduct(options, pattern, &children, window, looks,
                 absl::Nanoseconds(fork_ns),
                 {board->samples, static_cast<size_t>(writers)});
}

}  // namespace cowbench
