#include "benchmarks/calibration/neighbour.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "absl/status/status.h"
#include "lib/base/status_macros.h"

namespace cowbench {
namespace {

constexpr useconds_t kPollMicroseconds = 200;
constexpr size_t kSmallestBytes = size_t{1} << 20;
constexpr size_t kLargestBytes = size_t{64} << 20;

void AllocateAndFree(size_t bytes) {
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory != MAP_FAILED) {
    memset(memory, 1, bytes);
    munmap(memory, bytes);
  }
}

}  // namespace

absl::StatusOr<Neighbour> Neighbour::Start() {
  COWBENCH_ASSIGN_OR_RETURN(probe::SharedMemory memory,
                            probe::SharedMemory::Map(sizeof(Switch)));
  auto* const state = new (memory.as<Switch>()) Switch{};
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) {
    return absl::ErrnoToStatus(errno, "fork");
  }
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (getppid() == parent) {
      state->noisy = state->wanted.load();
      if (!state->noisy) {
        usleep(kPollMicroseconds);
        continue;
      }
      for (size_t bytes = kSmallestBytes;
           bytes <= kLargestBytes && state->wanted; bytes *= 2) {
        AllocateAndFree(bytes);
      }
    }
    _exit(0);
  }
  return Neighbour(std::move(memory));
}

void Neighbour::SetNoisy(bool noisy) {
  auto* const state = memory_.as<Switch>();
  state->wanted = noisy;
  while (state->noisy != noisy) {
    usleep(kPollMicroseconds);
  }
}

}  // namespace cowbench
