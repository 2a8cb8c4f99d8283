// One traced run of a command.
#ifndef COWBENCH_LIB_TRACE_SESSION_H_
#define COWBENCH_LIB_TRACE_SESSION_H_

#include <sys/types.h>

#include <cstddef>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/trace/fault_ring.h"
#include "lib/trace/report.h"

namespace cowbench::trace {

struct TraceOptions {
  Faults faults = Faults::kAll;
  CallGraph call_graph = CallGraph::kFramePointers;
  // Of the counts over time; zero: none.
  absl::Duration interval = absl::ZeroDuration();
  size_t largest_ring = FaultRings::kLargestRing;
};

struct SessionResult {
  Report report;
  int status = 0;           // of the command: wait(2)
  int execution_error = 0;  // of execve(2); 0: it ran
  // Processes that went on when the user wanted no more; they are untouched.
  int left_running = 0;
};

// Runs the command and returns when it and all that it has started are gone,
// or when the user interrupts the wait for those that outlive it. `say` is
// given what the user should know while it lasts. Errors: where the kernel does
// not let us trace it; nothing has been executed then.
absl::StatusOr<SessionResult> TraceCommand(
    char** arguments, const TraceOptions& options,
    absl::FunctionRef<void(absl::string_view)> say);

// Traces a process that runs already, and what it starts, until it ends, the
// user interrupts, or the time is over. It is left untouched. Errors: as above.
absl::StatusOr<SessionResult> TraceProcess(
    pid_t process, absl::Duration duration, const TraceOptions& options,
    absl::FunctionRef<void(absl::string_view)> say);

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_SESSION_H_
