// The cost of measuring with the suite.
#ifndef COWBENCH_BENCHMARKS_CALIBRATION_SUITE_COSTS_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_SUITE_COSTS_H_

#include <vector>

#include "benchmarks/calibration/markdown_reporter.h"

namespace cowbench {

// Registers overhead/ and scale/, and returns their tables.
//
// overhead/: one iteration runs array/read or array/write once as a timed fork
// of lib/fork, and once in the bare loop. A counted fork before the first
// iteration gives the cost of reading page states. Not measured: building the
// array. scale/: one iteration is a counted fork. Costs are per GiB of the
// array.
std::vector<Table> RegisterSuiteCosts();

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_SUITE_COSTS_H_
