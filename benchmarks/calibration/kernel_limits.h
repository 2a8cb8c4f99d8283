// Benchmarks of what kernel and memory allow (limits.h).
#ifndef COWBENCH_BENCHMARKS_CALIBRATION_KERNEL_LIMITS_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_KERNEL_LIMITS_H_

#include <vector>

#include "benchmarks/calibration/markdown_reporter.h"

namespace cowbench {

// Registers limits/ and returns their tables. One iteration measures each limit
// once. These benchmarks must be the last ones: they leave free frames
// scattered.
std::vector<Table> RegisterKernelLimits();

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_KERNEL_LIMITS_H_
