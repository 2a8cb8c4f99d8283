#include "benchmarks/calibration/loops.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "benchmarks/calibration/clock.h"
#include "lib/base/status_macros.h"
#include "lib/probe/shared_memory.h"

namespace cowbench {

absl::StatusOr<BareTimes> RunBareLoop(absl::FunctionRef<void()> pattern) {
  COWBENCH_ASSIGN_OR_RETURN(const probe::SharedMemory memory,
                            probe::SharedMemory::Map(sizeof(BareTimes)));
  auto* const times = memory.as<BareTimes>();
  const double before = Seconds();
  const pid_t pid = fork();
  if (pid == 0) {
    const double begin = Seconds();
    pattern();
    const double end = Seconds();
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    times->access_time = end - begin;
    _exit(0);
  }
  const double after = Seconds();
  if (pid < 0) {
    return absl::ErrnoToStatus(errno, "fork");
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (status != 0) {
    return absl::AbortedError("the child of the bare loop failed");
  }
  times->fork_time = after - before;
  return *times;
}

absl::StatusOr<SuiteTimes> RunSuite(ForkRunner& runner, bool count_pages,
                                    absl::FunctionRef<void()> pattern) {
  const double begin = Seconds();
  const absl::StatusOr<ForkResult> result =
      runner.Run({.count_pages = count_pages}, pattern);
  const double end = Seconds();
  if (!result.ok()) {
    return result.status();
  }
  const Sample& sample = result->samples[0];
  return SuiteTimes{
      .fork_time = absl::ToDoubleSeconds(result->fork_time),
      .access_time = absl::ToDoubleSeconds(result->access_time),
      .wall_time = absl::ToDoubleSeconds(result->wall_time()),
      .elapsed_time = end - begin,
      .probe_time = 1e-9 * static_cast<double>(sample.probe_ns),
      .copied_pages = sample.pages.has_value() ? sample.pages->copied : 0,
  };
}

}  // namespace cowbench
