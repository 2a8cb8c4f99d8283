#ifndef COWBENCH_BENCHMARKS_CALIBRATION_CLOCK_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_CLOCK_H_

#include <ctime>

namespace cowbench {

// CLOCK_MONOTONIC in seconds. All processes have the same clock.
inline double Seconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) +
         1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_CLOCK_H_
