// What ForkRunner::Run() measured.
#ifndef COWBENCH_LIB_FORK_FORK_RESULT_H_
#define COWBENCH_LIB_FORK_FORK_RESULT_H_

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "lib/fork/sample.h"

namespace cowbench {

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

}  // namespace cowbench

#endif  // COWBENCH_LIB_FORK_FORK_RESULT_H_
