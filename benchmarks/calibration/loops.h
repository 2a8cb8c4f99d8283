// One iteration of the suite's loop, and of the bare loop that it is compared
// with: the least that a program can do to measure the same.
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

// Does only this: fork, run the pattern, getrusage, _exit, waitpid. Neither
// process waits for the other one to settle.
absl::StatusOr<BareTimes> RunBareLoop(absl::FunctionRef<void()> pattern);

struct SuiteTimes {
  double fork_time;
  double access_time;
  double wall_time;       // fork, access and exit
  double elapsed_time;    // of everything that lib/fork did
  double probe_time;      // the part of it that read page states
  uint64_t copied_pages;  // 0 for a timed fork
};

// A counted fork or a timed one, as the suite's subject runs it.
absl::StatusOr<SuiteTimes> RunSuite(ForkRunner& runner, bool count_pages,
                                    absl::FunctionRef<void()> pattern);

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_LOOPS_H_
