// What a run has found, in words, at its end. //scripts:summary finds them,
// here as for a file.
#ifndef COWBENCH_LIB_SUITE_SUMMARY_H_
#define COWBENCH_LIB_SUITE_SUMMARY_H_

#include <memory>
#include <ostream>
#include <string>

#include "absl/time/time.h"
#include "benchmark/benchmark.h"

namespace cowbench {

// A reporter that passes everything on to `inner`, and writes it to `json` as
// well.
std::unique_ptr<benchmark::BenchmarkReporter> AlsoAsJson(
    std::unique_ptr<benchmark::BenchmarkReporter> inner, std::ostream* json);

// Prints the summary of the results in `json`, which took so long and are kept
// in the file `kept_in`, if that is not empty. Where it cannot, it says in one
// line what can: the results are there all the same.
void PrintSummary(const std::string& json, absl::Duration took,
                  const std::string& kept_in);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_SUMMARY_H_
