// What a writer does before, in and after its window.
#ifndef COWBENCH_LIB_FORK_WINDOW_H_
#define COWBENCH_LIB_FORK_WINDOW_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "lib/fork/begin_snapshot.h"
#include "lib/fork/fork_runner.h"
#include "lib/probe/page_snapshot.h"

namespace cowbench::internal {

// Brings `begin` up to date, once the writer has settled. Errors: those of
// BeginSnapshot::Refresh(), and kFailedPrecondition when pages are swapped out.
absl::Status LookBefore(const ForkOptions& options, const BeforeWindow& before,
                        BeginSnapshot* begin, Sample* sample);

// Runs `pattern`, and finds out what it changed since `snapshot`. Errors: those
// of PageSnapshot::Compare(), kFailedPrecondition likewise, and kDataLoss when
// `options.verify` found a difference.
absl::Status RunAndCompare(const ForkOptions& options,
                           absl::FunctionRef<void()> pattern,
                           const probe::PageSnapshot& snapshot, Sample* sample);

}  // namespace cowbench::internal

#endif  // COWBENCH_LIB_FORK_WINDOW_H_
