// Results as CSV.
#ifndef COWBENCH_LIB_SUITE_CSV_REPORTER_H_
#define COWBENCH_LIB_SUITE_CSV_REPORTER_H_

#include <vector>

#include "benchmark/benchmark.h"
#include "lib/suite/reporting.h"

namespace cowbench {

// Has the columns of Google Benchmark's own CSV reporter. That one ends the
// program when a case has a counter that the first case does not have; here, a
// missing counter is an empty field.
class CsvReporter : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_CSV_REPORTER_H_
