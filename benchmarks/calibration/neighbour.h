#ifndef COWBENCH_BENCHMARKS_CALIBRATION_NEIGHBOUR_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_NEIGHBOUR_H_

#include <sys/types.h>

#include <atomic>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/probe/shared_memory.h"

namespace cowbench {

// A process that has nothing to do with what is measured, and allocates and
// frees from 1 to 64 MiB in turns while it is told to. It dies with this one.
class Neighbour {
 public:
  // Call this before the process has data to share.
  static absl::StatusOr<Neighbour> Start();

  // Returns once the neighbour is busy, or has freed everything.
  void SetNoisy(bool noisy);

 private:
  struct Switch {
    std::atomic<bool> wanted;
    std::atomic<bool> noisy;
  };

  explicit Neighbour(probe::SharedMemory memory) : memory_(std::move(memory)) {}

  probe::SharedMemory memory_;
};

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_NEIGHBOUR_H_
