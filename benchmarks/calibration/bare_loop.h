// What the suite's times are held against: the least that a program can do to
// measure the same.
#ifndef COWBENCH_BENCHMARKS_CALIBRATION_BARE_LOOP_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_BARE_LOOP_H_

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"

namespace cowbench {

struct BareTimes {
  double fork_time;    // seconds in fork()
  double access_time;  // seconds that `pattern` took in the child
};

// fork, run the pattern, getrusage, _exit, waitpid; nothing else. Nobody waits
// until the other one is quiet, and nothing is touched beforehand.
absl::StatusOr<BareTimes> RunBareLoop(absl::FunctionRef<void()> pattern);

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_BARE_LOOP_H_
