// The suite's own measurements against a bare loop, and against what kernel
// and memory allow. Figures that are divided by one another were measured in
// turns, in this process; counters are medians.
#include <vector>

#include "benchmarks/calibration/kernel_limits.h"
#include "benchmarks/calibration/markdown_reporter.h"
#include "benchmarks/calibration/suite_costs.h"

int main(int argc, char** argv) {
  std::vector<cowbench::Table> tables = cowbench::RegisterSuiteCosts();
  for (cowbench::Table& table : cowbench::RegisterKernelLimits()) {
    tables.push_back(table);
  }
  return cowbench::CalibrationMain(argc, argv, tables);
}
