// --benchmark_filter.
#ifndef COWBENCH_LIB_SUITE_FILTER_H_
#define COWBENCH_LIB_SUITE_FILTER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/suite/estimate.h"
#include "lib/suite/matrix.h"

namespace cowbench {

// The name that Google Benchmark gives to a case.
std::string BenchmarkName(const Case& c, const ForkCount& forks);

// The cases that the filter selects by their id or by Google Benchmark's longer
// name, so that "size:64KiB$" works. `cases` is not empty.
// Errors: kInvalidArgument for an invalid filter, or one that selects no case.
absl::StatusOr<std::vector<Case>> FilterCases(const std::vector<Case>& cases,
                                              const std::string& text,
                                              const ForkCount& forks);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_FILTER_H_
