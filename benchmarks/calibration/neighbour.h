#ifndef COWBENCH_BENCHMARKS_CALIBRATION_NEIGHBOUR_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_NEIGHBOUR_H_

#include <sys/types.h>

#include <atomic>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/probe/shared_memory.h"

namespace cowbench {

// An unrelated process that disturbs the measurement: while it is noisy, it
// allocates and frees 1 to 64 MiB again and again. It dies with this process.
class Neighbour {
 public:
  // Call this before this process has data, which the neighbour would share.
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
