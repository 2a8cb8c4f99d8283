#ifndef COWBENCH_BENCHMARKS_CALIBRATION_CLOCK_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_CLOCK_H_

#include <ctime>

namespace cowbench {

// Seconds of CLOCK_MONOTONIC, one clock for all processes.
inline double Seconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) +
         1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_CLOCK_H_
