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

// The cases of which an id, or Google Benchmark's own longer name, has a part
// that matches; all others where the filter begins with "-"; all where it is
// empty or "all". So "size:64KiB$" means what it says.
//
// The expressions are RE2's (github.com/google/re2/wiki/Syntax), which take
// time in proportion to the name, whatever the expression. POSIX extended
// syntax, which Google Benchmark uses elsewhere, is a part of it but for the
// backslash in brackets, which escapes.
//
// Errors: kInvalidArgument for what is no expression, needs more than RE2's
// limit of memory, or matches no case.
absl::StatusOr<std::vector<Case>> FilterCases(std::vector<Case> cases,
                                              const std::string& filter,
                                              const ForkCount& forks);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_FILTER_H_
