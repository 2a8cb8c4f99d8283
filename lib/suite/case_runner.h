// Runs one case as a Google Benchmark function.
#ifndef COWBENCH_LIB_SUITE_CASE_RUNNER_H_
#define COWBENCH_LIB_SUITE_CASE_RUNNER_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "benchmark/benchmark.h"
#include "lib/probe/access_flag.h"
#include "lib/subject/subject_process.h"
#include "lib/suite/counting_plan.h"
#include "lib/suite/matrix.h"
#include "lib/suite/options.h"
#include "lib/suite/totals.h"

namespace cowbench {

class CaseRunner {
 public:
  // `tiny_program` is what children execute where a pattern has them end so.
  // `interrupt_fd` becomes readable when the user interrupts the run.
  CaseRunner(const Options& options, std::string tiny_program, int interrupt_fd)
      : options_(options),
        tiny_program_(std::move(tiny_program)),
        interrupt_fd_(interrupt_fd),
        faults_of_copy_(probe::FirstAccessFaults() ? 2 : 1) {}

  // Measures the case and sets its counters, or an error.
  void Run(const Case& c, benchmark::State& state);

  // Cases that failed, one entry for each repetition: id and error message.
  const std::vector<std::pair<std::string, std::string>>& failures() const {
    return failures_;
  }

  // Starts the allocator's subject to ask for its version.
  absl::StatusOr<Hello> Identify(const Allocator& allocator) const;

 private:
  SubjectOptions OptionsFor(const Allocator& allocator) const;
  // Starts a subject with the case's data set, unless the last subject has the
  // same data set.
  absl::Status PrepareSubject(const Case& c);
  absl::Status StartAndBuild(const Case& c);
  // A user's allocator may choose random addresses. Forks of one subject do not
  // show this, because its memory has been laid out before.
  void CompareWithAnotherSubject(const Case& c, Totals* totals);
  void Fail(const Case& c, const std::string& message, benchmark::State& state);
  // Sets `keep` to whether the reply counts, or the fork must be repeated.
  absl::StatusOr<RunReply> ForkOnce(const Case& c, CountingPlan* plan,
                                    bool* keep);

  const Options& options_;
  std::string tiny_program_;
  int interrupt_fd_;
  double faults_of_copy_;  // see Totals
  std::string data_set_;   // that the subject holds
  std::unique_ptr<SubjectProcess> subject_;
  BuildReply built_ = {};  // about its data set
  std::vector<std::pair<std::string, std::string>> failures_;
  // The status of each case's first repetition. If that failed, so do all
  // others: Google Benchmark 1.7.1 takes the names of the counters from the
  // first repetition, and crashes if that has none.
  std::map<std::string, absl::Status> first_repetitions_;
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_CASE_RUNNER_H_
