#include "benchmarks/calibration/trial.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "benchmarks/calibration/clock.h"
#include "lib/base/status_macros.h"
#include "lib/probe/mappings.h"
#include "lib/probe/settle.h"
#include "lib/probe/shared_memory.h"

namespace cowbench {
namespace {

struct ControlBlock {
  std::atomic<bool> parent_is_quiet;
  Reading reading;
  char error[240];
};

void RunWork(const DataSet& data, const WindowWork& work) {
  const size_t page_size = probe::PageSize();
  const size_t pages = data.bytes / page_size;
  for (size_t i = 0; i < work.written_pages; ++i) {
    static_cast<volatile char*>(
        data.begin)[i * pages / work.written_pages * page_size] = 2;
  }
  if (work.new_pages > 0) {
    void* const memory =
        mmap(nullptr, work.new_pages * page_size, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(memory, 1, work.new_pages * page_size);
  }
}

// Not inlined, so that its frame lies on the stack that Settle() touched.
[[gnu::noinline]] void Measure(const Method& method, const DataSet& data,
                               const WindowWork& work, ControlBlock* control) {
  double window_begin = 0;
  double window_end = 0;
  const double begin = Seconds();
  const absl::StatusOr<int64_t> bytes = method.measure(data, [&] {
    window_begin = Seconds();
    RunWork(data, work);
    window_end = Seconds();
  });
  const double end = Seconds();
  if (!bytes.ok()) {
    const absl::string_view message = bytes.status().message();
    control->error[message.copy(control->error, sizeof(control->error) - 1)] =
        '\0';
    return;
  }
  control->reading.bytes = *bytes;
  control->reading.cost_time = window_begin - begin + end - window_end;
}

}  // namespace

absl::StatusOr<Reading> MeasureInChild(const Method& method,
                                       const DataSet& data,
                                       const WindowWork& work) {
  COWBENCH_ASSIGN_OR_RETURN(const probe::SharedMemory memory,
                            probe::SharedMemory::Map(sizeof(ControlBlock)));
  auto* const control = new (memory.as<ControlBlock>()) ControlBlock{};
  const double before = Seconds();
  const pid_t pid = fork();
  const double after = Seconds();
  if (pid < 0) {
    return absl::ErrnoToStatus(errno, "fork");
  }
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    memory.Touch();
    while (!control->parent_is_quiet) {
      usleep(100);
    }
    if (!probe::Settle().ok()) {
      _exit(1);
    }
    Measure(method, data, work, control);
    _exit(0);
  }
  const absl::Status settled = probe::Settle();
  control->parent_is_quiet = true;
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!settled.ok() || status != 0) {
    return absl::AbortedError("the child failed");
  }
  if (control->error[0] != '\0') {
    return absl::InternalError(control->error);
  }
  control->reading.fork_time = after - before;
  return control->reading;
}

}  // namespace cowbench
