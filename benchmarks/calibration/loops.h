// One iteration of the suite's loop, and of the one that it is held against:
// the least that a program can do to measure the same.
#ifndef COWBENCH_BENCHMARKS_CALIBRATION_LOOPS_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_LOOPS_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "lib/fork/fork_runner.h"

namespace cowbench {

struct BareTimes {
  double fork_time;    // seconds in fork()
  double access_time;  // seconds that `pattern` took in the child
};

// fork, run the pattern, getrusage, _exit, waitpid; nothing else. Nobody waits
// until the other one is quiet, and nothing is touched beforehand.
absl::StatusOr<BareTimes> RunBareLoop(absl::FunctionRef<void()> pattern);

struct SuiteTimes {
  double fork_time;
  double access_time;
  double wall_time;       // fork, access and exit
  double elapsed_time;    // of all that lib/fork did
  double probe_time;      // of that, for page states
  uint64_t copied_pages;  // 0 for a timed fork
};

// A counted fork or a timed one, as the suite's subject runs it.
absl::StatusOr<SuiteTimes> RunSuite(ForkRunner& runner, bool count_pages,
                                    absl::FunctionRef<void()> pattern);

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_LOOPS_H_
