// The table that people read.
#ifndef COWBENCH_LIB_SUITE_CONSOLE_REPORTER_H_
#define COWBENCH_LIB_SUITE_CONSOLE_REPORTER_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "lib/suite/matrix.h"
#include "lib/suite/reporting.h"

namespace cowbench {

// A row for each case, as soon as it is finished, and in the end a summary
// that compares the allocators.
class ConsoleReporter : public benchmark::BenchmarkReporter {
 public:
  // `cases` are those that will run.
  explicit ConsoleReporter(const std::vector<Case>& cases);

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

 private:
  struct Mean {
    double sum = 0;
    int count = 0;
  };

  void PrintRow(const Run& run);
  void PrintSummary();

  const std::vector<Case>& cases_;
  size_t id_width_ = 0;
  std::vector<std::string> allocators_;
  std::map<std::string, Mean> copied_bytes_;  // by case id
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_CONSOLE_REPORTER_H_
