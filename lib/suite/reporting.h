// What all reporters need: how to treat cases that failed or were interrupted.
#ifndef COWBENCH_LIB_SUITE_REPORTING_H_
#define COWBENCH_LIB_SUITE_REPORTING_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"

namespace cowbench {

using Run = benchmark::BenchmarkReporter::Run;

// For Google Benchmark up to 1.7 and from 1.8 on, which has other fields.
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

// The case id of a run, without Google Benchmark's suffixes. An aggregate of
// repetitions has its name at the end: "..._mean".
std::string IdOf(const Run& run);

// Passes everything on to another reporter, except interrupted cases and values
// that are not finite. Interrupts the run when the stream cannot be written.
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
