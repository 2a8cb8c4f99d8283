#include "benchmarks/calibration/bare_loop.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "absl/status/status.h"
#include "benchmarks/calibration/clock.h"
#include "lib/probe/shared_memory.h"

namespace cowbench {

absl::StatusOr<BareTimes> RunBareLoop(absl::FunctionRef<void()> pattern) {
  absl::StatusOr<probe::SharedMemory> memory =
      probe::SharedMemory::Map(sizeof(BareTimes));
  if (!memory.ok()) {
    return memory.status();
  }
  auto* const times = memory->as<BareTimes>();
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

}  // namespace cowbench
