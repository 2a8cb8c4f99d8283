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
  // The text of --help or --version. If not empty, print it and do nothing
  // else.
  std::string text;
  BenchmarkFlags benchmark;
};

// Parses cowbench's own flags and --benchmark_*, up to --help or --version.
// Errors: kInvalidArgument, in one line that says which flag is wrong, why, and
// what is accepted.
absl::StatusOr<Options> ParseCommandLine(int argc, char** argv,
                                         workload::Catalog catalog,
                                         std::vector<Allocator> allocators,
                                         absl::Span<const Preset> own_presets);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_OPTIONS_H_
