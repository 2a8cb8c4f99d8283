#include "lib/suite/benchmark_flags.h"

#include <cstdlib>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "benchmark/benchmark.h"
#include "lib/suite/flag_values.h"

namespace cowbench {
namespace {

absl::Status ReadFormat(absl::string_view flag, absl::string_view value,
                        Format* format) {
  absl::StatusOr<Format> chosen =
      Choice<Format>({{"console", Format::kConsole},
                      {"json", Format::kJson},
                      {"csv", Format::kCsv}})(value);
  if (!chosen.ok()) {
    return Invalid(flag, chosen.status().message());
  }
  *format = *chosen;
  return absl::OkStatus();
}

// Google Benchmark takes a wrong value for a request for help, with exit
// status 0, and keeps its flags to itself: each is checked, and read, here.
absl::Status ReadFlag(absl::string_view name, absl::string_view value,
                      BenchmarkFlags* flags) {
  const absl::string_view flag = name.substr(name.find('_') + 1);
  if (flag == "filter") {
    flags->filter = std::string(value);
  } else if (flag == "format") {
    return ReadFormat(name, value, &flags->format);
  } else if (flag == "out") {
    flags->out = std::string(value);
    if (value.empty()) {
      return Invalid(name, "a file name is wanted");
    }
  } else if (flag == "out_format") {
    return ReadFormat(name, value, &flags->out_format);
  } else if (flag == "repetitions") {
    absl::StatusOr<int> number = WholeNumber(1, 10'000)(value);
    if (!number.ok()) {
      return Invalid(name, number.status().message());
    }
    flags->repetitions = *number;
  } else if (flag == "list_tests" || flag == "report_aggregates_only" ||
             flag == "display_aggregates_only" ||
             flag == "enable_random_interleaving") {
    flags->list_tests =
        flags->list_tests || (flag == "list_tests" && value == "true");
    return CheckOneOf(name, value, {"true", "false"});
  } else if (flag == "time_unit") {
    return CheckOneOf(name, value, {"ns", "us", "ms", "s"});
  } else if (flag == "min_time" || flag == "min_warmup_time") {
    return Invalid(name, "cowbench counts forks, not seconds: --iterations=N");
  } else if (flag != "context") {
    return absl::InvalidArgumentError(absl::StrCat(
        "'--", name, "': there is no such flag; --help shows them"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadBenchmarkFlag(absl::string_view argument,
                               BenchmarkFlags* flags) {
  const size_t equals = argument.find('=');
  return ReadFlag(
      argument.substr(2, equals - 2),
      equals == argument.npos ? "true" : argument.substr(equals + 1), flags);
}

absl::Status ReadBenchmarkEnvironment(BenchmarkFlags* flags) {
  for (const absl::string_view name :
       {"benchmark_filter", "benchmark_format", "benchmark_out",
        "benchmark_out_format", "benchmark_repetitions",
        "benchmark_list_tests"}) {
    const char* const value = getenv(absl::AsciiStrToUpper(name).c_str());
    if (value != nullptr) {
      absl::Status status = ReadFlag(name, value, flags);
      if (!status.ok()) {
        return status;
      }
    }
  }
  return absl::OkStatus();
}

absl::Status InitializeBenchmark(std::vector<char*> arguments) {
  int count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  benchmark::Initialize(&count, arguments.data());
  if (count > 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", arguments[1], "': Google Benchmark knows no such flag or value"));
  }
  return absl::OkStatus();
}

}  // namespace cowbench
