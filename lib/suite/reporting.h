// What all reporters share: what becomes of cases that failed or were
// interrupted.
#ifndef COWBENCH_LIB_SUITE_REPORTING_H_
#define COWBENCH_LIB_SUITE_REPORTING_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"

namespace cowbench {

using Run = benchmark::BenchmarkReporter::Run;

// Google Benchmark 1.8 renamed the fields.
template <typename R>
bool Failed(const R& run) {
  if constexpr (requires { run.error_occurred; }) {
    return run.error_occurred;
  } else {
    return static_cast<int>(run.skipped) != 0;
  }
}
template <typename R>
auto& FailureMessage(R& run) {
  if constexpr (requires { run.error_message; }) {
    return run.error_message;
  } else {
    return run.skip_message;
  }
}

// The case id of a run, without Google Benchmark's suffixes; an aggregate of
// repetitions has its name appended, as in "..._mean".
std::string IdOf(const Run& run);

// Passes everything on to another reporter, except the cases that the user
// interrupted and the values that are not numbers. A stream that cannot be
// written to interrupts the run.
class FinishedOnly : public benchmark::BenchmarkReporter {
 public:
  explicit FinishedOnly(std::unique_ptr<benchmark::BenchmarkReporter> inner)
      : inner_(std::move(inner)) {}

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

  // Whether everything could be written.
  bool written() const { return written_; }

 private:
  std::unique_ptr<benchmark::BenchmarkReporter> inner_;
  bool written_ = true;
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_REPORTING_H_
