// What ForkRunner::Run() measured.
#ifndef COWBENCH_LIB_FORK_FORK_RESULT_H_
#define COWBENCH_LIB_FORK_FORK_RESULT_H_

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "lib/fork/sample.h"

namespace cowbench {

struct ForkResult {
  absl::Duration fork_time;  // in the parent, of all its fork() calls
  absl::Duration
      access_time;           // from the first window's begin to the last's end
  absl::Duration exit_time;  // until all children have exited and are reaped
  // One for each writer; valid until the next Run().
  absl::Span<const Sample> samples;

  absl::Duration wall_time() const {
    return fork_time + access_time + exit_time;
  }
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_FORK_FORK_RESULT_H_
