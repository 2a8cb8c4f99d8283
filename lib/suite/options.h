// The command line.
#ifndef COWBENCH_LIB_SUITE_OPTIONS_H_
#define COWBENCH_LIB_SUITE_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/suite/matrix.h"

namespace cowbench {

enum class Format { kConsole, kJson, kCsv };

struct Options {
  Axes axes;
  int iterations = 0;  // 0: as many as suit the size of the case
  absl::Duration deadline;
  bool verify = false;

  // Google Benchmark's own flags that cowbench must know of.
  std::string filter = "all";
  Format format = Format::kConsole;
  std::string out;  // empty: none
  Format out_format = Format::kJson;
  int repetitions = 1;
  bool list_tests = false;
};

// Parses everything before any work is done: cowbench's flags, and
// --benchmark_*, all of which are given to benchmark::Initialize().
// Errors: kInvalidArgument, in one line that names the flag, what was wrong
// and what is accepted. Exits by itself for --help and --version.
absl::StatusOr<Options> ParseCommandLine(
    int argc, char** argv, const Catalog& catalog,
    const std::vector<Allocator>& allocators);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_OPTIONS_H_
