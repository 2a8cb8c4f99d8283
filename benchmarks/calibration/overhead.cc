// Compares the suite's own measurements with a bare loop and with what kernel
// and memory allow. The two figures of a ratio are measured alternately, in
// this process. Counters are medians.
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
