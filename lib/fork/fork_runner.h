// Forks children that run a piece of code, and measures what it made the
// kernel copy. Usable on its own, from anybody's Google Benchmark program:
//
//   ForkRunner runner = *ForkRunner::Create();
//   for (auto _ : state) {
//     absl::StatusOr<ForkResult> result = runner.Run({}, [&] { Use(data); });
//     state.SetIterationTime(absl::ToDoubleSeconds(result->wall_time()));
//     copied += result->samples[0].copied_pages * probe::PageSize();
//   }
//
// benchmarks/your_own_data.cc is the whole program. The calling process must
// have one thread, must not ignore SIGCHLD, and is the children's peer: nothing
// else may write to its memory while Run() is in progress.
#ifndef COWBENCH_LIB_FORK_FORK_RUNNER_H_
#define COWBENCH_LIB_FORK_FORK_RUNNER_H_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "lib/probe/page_set.h"
#include "lib/probe/shared_memory.h"

namespace cowbench {

// More children than this need more memory for page tables than it takes to
// learn anything new.
inline constexpr int kMaxChildren = 64;

// Who runs the pattern.
enum class Writer {
  kChild,   // every child, all at the same time
  kParent,  // the parent, while the children sit still: a server that has
            // forked to write a snapshot
};

struct ForkOptions {
  int children = 1;
  Writer writer = Writer::kChild;
  // For all but the children's exit; what is not done by then is killed.
  absl::Duration deadline = absl::Seconds(60);
  // The pages that hold the data, if copies elsewhere are to be told apart.
  const probe::PageSet* data = nullptr;
  // The caller promises that since the last Run() of this runner it has not
  // allocated, freed, mapped or unmapped anything, nor touched memory for the
  // first time, and that it calls with the stack as deep as then. Then the
  // state of all pages when a child's window begins need not be looked up each
  // time, which is half of what counting costs; lib/fork/looks.h says why that
  // is exact.
  bool unchanged = false;
  // The caller promises that `pattern` is the one of the last Run(), on the
  // same data, and that what it does depends on no clock, process id or random
  // number. If also `unchanged`, the other half is saved while the page faults
  // are the same in each window.
  bool same_pattern = false;
  // Also ask the kernel how many pages it copied, compare frame numbers
  // (lib/probe/oracle.h) and account for every fault; a difference of one page
  // is an error. Needs root.
  bool verify = false;
};

// What was measured in one writer. The window is the time in which it runs the
// pattern, and nothing else.
struct Sample {
  // Shared with its peers when the window began, the writer's own when it
  // ended.
  uint64_t copied_pages;
  uint64_t copied_metadata_pages;  // those of them outside of the data
  // Absent when the window began, the writer's own when it ended.
  uint64_t fresh_pages;
  // The writer's own already when the window began.
  uint64_t fork_tax_pages;
  int64_t minor_faults;  // over the window, getrusage(2)
  int64_t major_faults;
  int64_t begin_ns;  // the window, CLOCK_MONOTONIC
  int64_t end_ns;
  int64_t probe_ns;  // that looking at pages took, before and after the window
};

struct ForkResult {
  absl::Duration fork_time;    // the parent's, in all its fork() calls
  absl::Duration access_time;  // first window's begin to last window's end
  absl::Duration exit_time;    // children told to exit, to all of them reaped
  // One for each writer; valid until the next Run().
  absl::Span<const Sample> samples;

  absl::Duration wall_time() const {
    return fork_time + access_time + exit_time;
  }
};

class ForkRunner {
 public:
  // Errors: kResourceExhausted when there is no memory for the samples.
  static absl::StatusOr<ForkRunner> Create();

  // Forks the children, waits until all of them and this process are quiet,
  // runs `pattern` in the writers, and reaps the children. Without an error,
  // it allocates nothing.
  //
  // Errors, all of them after every child has been killed and reaped:
  // kAborted when a child died (the message tells its exit status or signal),
  // kInternal with what() of a std::exception that the pattern threw,
  // kDeadlineExceeded, kResourceExhausted when fork() failed,
  // kFailedPrecondition when memory is swapped out and cannot be counted
  // exactly, kDataLoss when `verify` found a difference, and those of
  // lib/probe.
  absl::StatusOr<ForkResult> Run(const ForkOptions& options,
                                 absl::FunctionRef<void()> pattern);

 private:
  ForkRunner(probe::SharedMemory board, probe::SharedMemory looks)
      : board_(std::move(board)), looks_(std::move(looks)) {}

  probe::SharedMemory board_;
  probe::SharedMemory looks_;  // one for each possible child
  uint64_t generation_ = 0;    // of this process's memory
  uint64_t pattern_ = 0;       // the number of the last one
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_FORK_FORK_RUNNER_H_
