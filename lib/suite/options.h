// The command line.
#ifndef COWBENCH_LIB_SUITE_OPTIONS_H_
#define COWBENCH_LIB_SUITE_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/suite/allocators.h"
#include "lib/suite/benchmark_flags.h"
#include "lib/suite/estimate.h"
#include "lib/suite/matrix.h"
#include "lib/suite/table.h"

namespace cowbench {

struct Options {
  std::vector<Allocator> allocators;  // the user's variants among them
  Axes axes;
  ForkCount forks;
  absl::Duration deadline;
  bool list = false;
  bool verify = false;
  Table table = Table::kFit;
  bool summary = true;
  // Of --help or --version: all that there is to do is to print it.
  std::string text;
  BenchmarkFlags benchmark;
};

// Parses everything before any work is done: cowbench's flags, and
// --benchmark_*; but nothing after --help or --version.
// Errors: kInvalidArgument, in one line that names the flag, what was wrong
// and what is accepted.
absl::StatusOr<Options> ParseCommandLine(int argc, char** argv,
                                         workload::Catalog catalog,
                                         std::vector<Allocator> allocators,
                                         absl::Span<const Preset> own_presets);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_OPTIONS_H_
