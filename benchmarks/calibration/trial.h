#ifndef COWBENCH_BENCHMARKS_CALIBRATION_TRIAL_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_TRIAL_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "benchmarks/calibration/methods.h"

namespace cowbench {

// What a child does in its window. It really copies `written_pages` pages.
struct WindowWork {
  size_t written_pages;  // of the data set, evenly spread
  size_t new_pages = 0;  // of new memory, mapped in the window
};

struct Reading {
  int64_t bytes;     // copied, according to the method
  double cost_time;  // seconds that the method took before and after the window
  double fork_time;  // seconds in fork()
};

// Forks a child that does the work in its window while `method` measures it and
// this process does nothing. Errors: those of the method.
absl::StatusOr<Reading> MeasureInChild(const Method& method,
                                       const DataSet& data,
                                       const WindowWork& work);

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_TRIAL_H_
