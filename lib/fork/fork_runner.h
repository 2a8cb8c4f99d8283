// Forks children that run a piece of code, and counts the pages that the kernel
// copies for them. Any Google Benchmark program can use it:
//
//   ForkRunner runner = *ForkRunner::Create();
//   for (auto _ : state) {
//     absl::StatusOr<ForkResult> result = runner.Run({}, [&] { Use(data); });
//     state.SetIterationTime(absl::ToDoubleSeconds(result->wall_time()));
//     copied += result->samples[0].pages->copied * probe::PageSize();
//   }
//
// benchmarks/your_own_data.cc is a complete program. The calling process must
// not ignore SIGCHLD. It shares its pages with the children, so nothing else
// may write to its memory during Run(). It may have other threads if all of
// them sleep in a system call that writes to no memory, such as that of a
// futex, from before Run() until it returns. A child has only the thread that
// forked. Locks that another thread held stay locked in it, unless a
// pthread_atfork(3) handler releases them, as those of malloc do.
#ifndef COWBENCH_LIB_FORK_FORK_RUNNER_H_
#define COWBENCH_LIB_FORK_FORK_RUNNER_H_

#include <optional>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/fork/fork_options.h"
#include "lib/fork/fork_result.h"
#include "lib/probe/shared_memory.h"

namespace cowbench {

class ForkRunner {
 public:
  // Errors: kResourceExhausted when there is no memory for the samples.
  static absl::StatusOr<ForkRunner> Create();

  // Forks the children, waits until all of them and this process have settled,
  // runs `pattern` in the writers, and reaps the children. It allocates nothing
  // unless there is an error.
  //
  // Errors: kAborted when a child died (the message has its exit status or
  // signal), kInternal with what() of a std::exception that the pattern threw,
  // kDeadlineExceeded, kResourceExhausted when fork() failed or there is no
  // address space for the page states, kFailedPrecondition when memory is
  // swapped out and cannot be counted exactly, kDataLoss when `verify` found a
  // difference, kUnavailable when a system call is refused, and those of
  // lib/probe. Every child has been killed and reaped by then.
  absl::StatusOr<ForkResult> Run(const ForkOptions& options,
                                 absl::FunctionRef<void()> pattern);

 private:
  explicit ForkRunner(probe::SharedMemory control)
      : control_(std::move(control)) {}

  // Makes room for the page-state snapshots of this many writers.
  absl::Status ReserveSnapshots(int writers);

  probe::SharedMemory control_;  // a ControlBlock
  // A PageSnapshot for each writer; none before the first counted fork.
  std::optional<probe::SharedMemory> snapshots_;
  int snapshot_count_ = 0;
  bool has_oracles_ = false;  // known by the first fork with `verify`
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_FORK_FORK_RUNNER_H_
