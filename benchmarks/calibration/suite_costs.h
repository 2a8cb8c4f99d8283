// What the suite's own way of measuring costs.
#ifndef COWBENCH_BENCHMARKS_CALIBRATION_SUITE_COSTS_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_SUITE_COSTS_H_

#include <vector>

#include "benchmarks/calibration/markdown_reporter.h"

namespace cowbench {

// Registers overhead/ and scale/; returns their tables.
//
// overhead/: one iteration runs array/read or array/write once under lib/fork,
// as a timed fork, and once in the bare loop. A counted fork before them gives
// the cost of looking at pages. Not measured: building the array.
// scale/: one iteration is a counted fork; costs for each GiB of the array.
std::vector<Table> RegisterSuiteCosts();

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_SUITE_COSTS_H_
