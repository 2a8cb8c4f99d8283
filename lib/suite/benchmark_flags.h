// Google Benchmark's own flags, as far as cowbench must know of them.
#ifndef COWBENCH_LIB_SUITE_BENCHMARK_FLAGS_H_
#define COWBENCH_LIB_SUITE_BENCHMARK_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace cowbench {

enum class Format { kConsole, kJson, kCsv };

struct BenchmarkFlags {
  std::string filter = "all";
  Format format = Format::kConsole;
  std::string out;  // empty: none
  Format out_format = Format::kJson;
  int repetitions = 1;
  bool list_tests = false;
  std::vector<std::string> context_keys;
};

// Reads one flag, "--benchmark_..."; one without a value has the value "true".
// Errors: kInvalidArgument.
absl::Status ReadBenchmarkFlag(absl::string_view argument,
                               BenchmarkFlags* flags);

// Those flags may stand in the environment as well: BENCHMARK_OUT=...
absl::Status ReadBenchmarkEnvironment(BenchmarkFlags* flags);

// Gives `arguments`, the program's name first, to Google Benchmark.
absl::Status InitializeBenchmark(std::vector<char*> arguments);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_BENCHMARK_FLAGS_H_
