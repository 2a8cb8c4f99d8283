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
  // The interval of the counts over time; zero: none.
  absl::Duration interval = absl::ZeroDuration();
  size_t largest_ring = FaultRings::kLargestRing;
};

struct SessionResult {
  Report report;
  int status = 0;           // the status of the command from wait(2)
  int execution_error = 0;  // of execve(2); 0: it ran
  // Processes that still ran when the user interrupted; they run on.
  int left_running = 0;
};

// Runs the command. Returns when it and all that it started have ended, or when
// the user interrupts the wait for processes that outlive it. Calls `say` with
// messages for the user meanwhile. Errors: where the kernel does not let us
// trace the command; it was not executed then.
absl::StatusOr<SessionResult> TraceCommand(
    char** arguments, const TraceOptions& options,
    absl::FunctionRef<void(absl::string_view)> say);

// Traces a running process and what it starts, until it ends, the user
// interrupts, or `duration` is over. The process runs on. Errors: as above.
absl::StatusOr<SessionResult> TraceProcess(
    pid_t process, absl::Duration duration, const TraceOptions& options,
    absl::FunctionRef<void(absl::string_view)> say);

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_SESSION_H_
