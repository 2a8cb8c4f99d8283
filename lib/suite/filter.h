// --benchmark_filter.
#ifndef COWBENCH_LIB_SUITE_FILTER_H_
#define COWBENCH_LIB_SUITE_FILTER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/suite/estimate.h"
#include "lib/suite/matrix.h"

namespace cowbench {

// What Google Benchmark calls the benchmark that it registers for a case.
std::string BenchmarkName(const Case& c, const ForkCount& forks);

// The cases of which the filter selects the id, or Google Benchmark's own
// longer name: so "size:64KiB$" means what it says. `cases` is not empty.
// Errors: kInvalidArgument for a filter that is none, or selects no case.
absl::StatusOr<std::vector<Case>> FilterCases(const std::vector<Case>& cases,
                                              const std::string& text,
                                              const ForkCount& forks);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_FILTER_H_
