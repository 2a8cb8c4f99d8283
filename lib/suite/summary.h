// Prints in words, at the end of a run, what it has found. //scripts:summary
// does the work; it can also read a results file.
#ifndef COWBENCH_LIB_SUITE_SUMMARY_H_
#define COWBENCH_LIB_SUITE_SUMMARY_H_

#include <memory>
#include <ostream>
#include <string>

#include "absl/time/time.h"
#include "benchmark/benchmark.h"

namespace cowbench {

// A reporter that passes everything on to `inner`, and also writes it to
// `json`.
std::unique_ptr<benchmark::BenchmarkReporter> AlsoAsJson(
    std::unique_ptr<benchmark::BenchmarkReporter> inner, std::ostream* json);

// Prints the summary of the results in `json`. `took` is the time of the run,
// and `kept_in` the file with the results, or empty. If the script cannot run,
// prints the command that a user can run later.
void PrintSummary(const std::string& json, absl::Duration took,
                  const std::string& kept_in);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_SUMMARY_H_
