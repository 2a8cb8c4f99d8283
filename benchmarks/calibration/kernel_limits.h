// What kernel and memory allow, as benchmarks.
#ifndef COWBENCH_BENCHMARKS_CALIBRATION_KERNEL_LIMITS_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_KERNEL_LIMITS_H_

#include <vector>

#include "benchmarks/calibration/markdown_reporter.h"

namespace cowbench {

// Registers limits/, one iteration of which measures each limit once; returns
// their tables. These benchmarks must be the last ones: frames stay scattered
// for whoever gets them next.
std::vector<Table> RegisterKernelLimits();

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_KERNEL_LIMITS_H_
