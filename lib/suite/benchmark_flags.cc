#include "lib/suite/benchmark_flags.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "benchmark/benchmark.h"
#include "lib/base/printable.h"
#include "lib/base/status_macros.h"
#include "lib/suite/flag_values.h"

namespace cowbench {
namespace {

absl::StatusOr<Format> ParseFormat(absl::string_view text) {
  static constexpr Named<Format> kFormats[] = {{"console", Format::kConsole},
                                               {"json", Format::kJson},
                                               {"csv", Format::kCsv}};
  return ParseName<Format>(kFormats, text);
}

// "KEY=VALUE,...": Google Benchmark adds it to the results as it is.
absl::Status ReadContext(absl::string_view text,
                         std::vector<std::string>* keys) {
  if (!IsPrintable(text)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", Printable(text), "' must be UTF-8 without control characters"));
  }
  for (const absl::string_view item : absl::StrSplit(text, ',')) {
    const std::vector<std::string> parts = absl::StrSplit(item, '=');
    if (parts.size() != 2 || parts[0].empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", item, "' is not KEY=VALUE"));
    }
    if (std::find(keys->begin(), keys->end(), parts[0]) != keys->end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", parts[0], "' is given twice"));
    }
    keys->push_back(parts[0]);
  }
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
    COWBENCH_ASSIGN_OR_RETURN(flags->format, InFlag(name, ParseFormat(value)));
  } else if (flag == "out") {
    flags->out = std::string(value);
    if (value.empty()) {
      return Invalid(name, "a file name is missing");
    }
  } else if (flag == "out_format") {
    COWBENCH_ASSIGN_OR_RETURN(flags->out_format,
                              InFlag(name, ParseFormat(value)));
  } else if (flag == "repetitions") {
    COWBENCH_ASSIGN_OR_RETURN(flags->repetitions,
                              InFlag(name, ParseWholeNumber(1, 10'000, value)));
  } else if (flag == "list_tests" || flag == "report_aggregates_only" ||
             flag == "display_aggregates_only" ||
             flag == "enable_random_interleaving") {
    COWBENCH_ASSIGN_OR_RETURN(const bool on, InFlag(name, ParseBool(value)));
    flags->list_tests = flags->list_tests || (flag == "list_tests" && on);
  } else if (flag == "time_unit") {
    const std::vector<std::string> units = {"ns", "us", "ms", "s"};
    return InFlag(name, OneOf(units)(value)).status();
  } else if (flag == "min_time" || flag == "min_warmup_time") {
    return Invalid(
        name,
        "a case is a number of forks, not of seconds: use --iterations=N");
  } else if (flag == "context") {
    const absl::Status status = ReadContext(value, &flags->context_keys);
    if (!status.ok()) {
      return Invalid(name, status.message());
    }
  } else {
    return absl::InvalidArgumentError(absl::StrCat(
        "'--", name, "': there is no such flag; --help shows all flags"));
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
        "benchmark_out_format", "benchmark_repetitions", "benchmark_list_tests",
        "benchmark_context"}) {
    const char* const value = getenv(absl::AsciiStrToUpper(name).c_str());
    if (value != nullptr) {
      COWBENCH_RETURN_IF_ERROR(ReadFlag(name, value, flags));
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
