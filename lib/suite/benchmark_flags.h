// Google Benchmark's own flags, as far as cowbench needs to know them.
#ifndef COWBENCH_LIB_SUITE_BENCHMARK_FLAGS_H_
#define COWBENCH_LIB_SUITE_BENCHMARK_FLAGS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "benchmark/benchmark.h"
#include "lib/suite/estimate.h"

namespace cowbench {

enum class Format { kConsole, kJson, kCsv };

struct BenchmarkFlags {
  std::string filter = "all";
  Format format = Format::kConsole;
  std::string out;  // empty: none
  Format out_format = Format::kJson;
  int repetitions = 1;
  bool list_tests = false;
  // One fork of each case, whatever other flags ask for.
  bool dry_run = false;
  benchmark::TimeUnit time_unit = benchmark::kMillisecond;
  std::optional<ForkCount> min_time;
  double warmup_seconds = 0;
  std::vector<std::string> context_keys;
  // The arguments that Google Benchmark itself must get.
  std::vector<std::string> arguments;
};

// Whether the argument is one of these flags: "--benchmark_...", "--v...".
bool IsBenchmarkFlag(absl::string_view argument);

// Reads one of them; one without a value has the value "true".
// Errors: kInvalidArgument.
absl::Status ReadBenchmarkFlag(absl::string_view argument,
                               BenchmarkFlags* flags);

// Reads these flags from the environment: BENCHMARK_OUT=...
absl::Status ReadBenchmarkEnvironment(BenchmarkFlags* flags);

// Passes the flags and the name of the program on to Google Benchmark.
absl::Status InitializeBenchmark(absl::string_view program,
                                 const BenchmarkFlags& flags);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_BENCHMARK_FLAGS_H_
