// The table on the terminal.
#ifndef COWBENCH_LIB_SUITE_CONSOLE_REPORTER_H_
#define COWBENCH_LIB_SUITE_CONSOLE_REPORTER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "lib/suite/counters.h"
#include "lib/suite/matrix.h"
#include "lib/suite/pivot.h"
#include "lib/suite/reporting.h"
#include "lib/suite/table.h"

namespace cowbench {

// Prints a row for each case as soon as it has run, and at the end a table that
// compares the allocators.
class ConsoleReporter : public benchmark::BenchmarkReporter {
 public:
  // `cases` are those that will run, `width` is that of the terminal.
  ConsoleReporter(const std::vector<Case>& cases, bool has_aggregates,
                  Table table, size_t width);

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

 private:
  void PrintRow(const Run& run);

  Table table_;
  size_t width_;
  size_t id_width_ = 0;
  // The end that all ids have in common, if they are too long for the table.
  std::string common_end_;
  std::vector<const CounterEntry*> columns_;
  Pivot pivot_;
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_CONSOLE_REPORTER_H_
