// Rows for spreadsheets.
#ifndef COWBENCH_LIB_SUITE_CSV_REPORTER_H_
#define COWBENCH_LIB_SUITE_CSV_REPORTER_H_

#include <vector>

#include "benchmark/benchmark.h"
#include "lib/suite/reporting.h"

namespace cowbench {

// The columns of Google Benchmark's own CSV reporter, which ends the program
// when a later case has a counter that the first one had not. A counter that
// a case does not have is an empty field.
class CsvReporter : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_CSV_REPORTER_H_
