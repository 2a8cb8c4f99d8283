// What a writer does before, in and after its window.
#ifndef COWBENCH_LIB_FORK_WINDOW_H_
#define COWBENCH_LIB_FORK_WINDOW_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "lib/fork/fork_runner.h"
#include "lib/fork/looks.h"

namespace cowbench::internal {

// Looks before the window, once the writer has settled. Errors: those of
// Looks::Before().
absl::Status LookBefore(const ForkOptions& options, const BeforeWindow& before,
                        Looks* looks, Sample* sample);

// Runs `pattern`, and finds out what it changed. Errors: those of
// Looks::After(), and kDataLoss when `options.verify` found a difference.
absl::Status RunAndCompare(const ForkOptions& options,
                           absl::FunctionRef<void()> pattern, Looks* looks,
                           Sample* sample);

}  // namespace cowbench::internal

#endif  // COWBENCH_LIB_FORK_WINDOW_H_
