#include "lib/suite/benchmark_flags.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
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

// Reads "KEY=VALUE,...", which Google Benchmark copies into the results.
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

absl::StatusOr<double> ParseSeconds(absl::string_view text) {
  constexpr double kDay = 24 * 60 * 60;
  absl::string_view number = text;
  absl::ConsumeSuffix(&number, "s");
  double seconds = 0;
  if (!absl::SimpleAtod(number, &seconds) ||
      !(seconds >= 0 && seconds <= kDay)) {  // not a NaN
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' is not a number of seconds up to ", kDay,
                     ", such as 0.5s"));
  }
  return seconds;
}

// Seconds, or "10x" for ten forks.
absl::StatusOr<ForkCount> ParseMinTime(absl::string_view text) {
  absl::string_view number = text;
  if (absl::ConsumeSuffix(&number, "x")) {
    COWBENCH_ASSIGN_OR_RETURN(const int forks,
                              ParseWholeNumber(1, kMaxForks, number));
    return ForkCount{.number = forks};
  }
  const absl::StatusOr<double> seconds = ParseSeconds(text);
  if (!seconds.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        seconds.status().message(), ", nor of forks, such as 10x"));
  }
  return *seconds == 0 ? ForkCount{.number = 1}
                       : ForkCount{.seconds = *seconds};
}

absl::StatusOr<benchmark::TimeUnit> ParseTimeUnit(absl::string_view text) {
  static constexpr Named<benchmark::TimeUnit> kUnits[] = {
      {"ns", benchmark::kNanosecond},
      {"us", benchmark::kMicrosecond},
      {"ms", benchmark::kMillisecond},
      {"s", benchmark::kSecond}};
  return ParseName<benchmark::TimeUnit>(kUnits, text);
}

absl::StatusOr<int> ParseRepetitions(absl::string_view text) {
  return ParseWholeNumber(1, 10'000, text);
}

using Reader = absl::Status (*)(absl::string_view value, BenchmarkFlags* flags);

// Parses the value into a member of the flags.
template <auto kMember, auto kParse>
absl::Status ReadTo(absl::string_view value, BenchmarkFlags* flags) {
  COWBENCH_ASSIGN_OR_RETURN(flags->*kMember, kParse(value));
  return absl::OkStatus();
}

absl::Status ReadSwitch(absl::string_view value, BenchmarkFlags*) {
  return ParseBool(value).status();
}

struct KnownFlag {
  absl::string_view name;
  Reader read;
  bool is_passed_on = false;  // to Google Benchmark
};

// Given a wrong value, Google Benchmark prints its help and exits with status
// 0. It also has no way to ask for a flag's value. So each is checked and read
// here.
constexpr KnownFlag kFlags[] = {
    {"benchmark_filter",
     [](absl::string_view value, BenchmarkFlags* flags) {
       flags->filter = std::string(value);
       return absl::OkStatus();
     }},
    {"benchmark_format", ReadTo<&BenchmarkFlags::format, ParseFormat>},
    {"benchmark_out",
     [](absl::string_view value, BenchmarkFlags* flags) {
       flags->out = std::string(value);
       return value.empty()
                  ? absl::InvalidArgumentError("a file name is missing")
                  : absl::OkStatus();
     },
     true},
    {"benchmark_out_format", ReadTo<&BenchmarkFlags::out_format, ParseFormat>,
     true},
    {"benchmark_repetitions",
     ReadTo<&BenchmarkFlags::repetitions, ParseRepetitions>},
    {"benchmark_list_tests", ReadTo<&BenchmarkFlags::list_tests, ParseBool>,
     true},
    {"benchmark_dry_run", ReadTo<&BenchmarkFlags::dry_run, ParseBool>},
    {"benchmark_time_unit", ReadTo<&BenchmarkFlags::time_unit, ParseTimeUnit>},
    {"benchmark_min_time", ReadTo<&BenchmarkFlags::min_time, ParseMinTime>},
    {"benchmark_min_warmup_time",
     ReadTo<&BenchmarkFlags::warmup_seconds, ParseSeconds>},
    {"benchmark_context",
     [](absl::string_view value, BenchmarkFlags* flags) {
       return ReadContext(value, &flags->context_keys);
     },
     true},
    {"benchmark_report_aggregates_only", ReadSwitch, true},
    {"benchmark_display_aggregates_only", ReadSwitch, true},
    {"benchmark_enable_random_interleaving", ReadSwitch, true},
    // cowbench's table always has columns, and never colors.
    {"benchmark_counters_tabular", ReadSwitch},
    {"benchmark_color",
     [](absl::string_view value, BenchmarkFlags*) {
       return value == "auto" ? absl::OkStatus() : ParseBool(value).status();
     }},
    {"benchmark_perf_counters",
     [](absl::string_view value, BenchmarkFlags*) {
       return value.empty()
                  ? absl::OkStatus()
                  : absl::InvalidArgumentError(
                        "performance counters would count the driver, not the "
                        "processes that fork; use perf stat");
     }},
    {"v",
     [](absl::string_view value, BenchmarkFlags*) {
       return ParseWholeNumber(0, 100, value).status();
     },
     true},
};

absl::Status ReadFlag(const KnownFlag& flag, absl::string_view value,
                      BenchmarkFlags* flags) {
  const absl::Status status = flag.read(value, flags);
  return status.ok() ? status : Invalid(flag.name, status.message());
}

}  // namespace

bool IsBenchmarkFlag(absl::string_view argument) {
  return absl::StartsWith(argument, "--benchmark_") ||
         argument.substr(0, argument.find('=')) == "--v";
}

absl::Status ReadBenchmarkFlag(absl::string_view argument,
                               BenchmarkFlags* flags) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(argument.substr(2), absl::MaxSplits('=', 1));
  for (const KnownFlag& flag : kFlags) {
    if (flag.name == parts.first) {
      if (flag.is_passed_on) {
        flags->arguments.emplace_back(argument);
      }
      return ReadFlag(flag,
                      absl::StrContains(argument, '=') ? parts.second : "true",
                      flags);
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "'", argument, "': there is no such flag; --help shows all flags"));
}

absl::Status ReadBenchmarkEnvironment(BenchmarkFlags* flags) {
  for (const KnownFlag& flag : kFlags) {
    const char* const value = getenv(absl::AsciiStrToUpper(flag.name).c_str());
    // Google Benchmark reads these variables, too. V may mean something else.
    if (value != nullptr && flag.name != "v") {
      COWBENCH_RETURN_IF_ERROR(ReadFlag(flag, value, flags));
    }
  }
  return absl::OkStatus();
}

absl::Status InitializeBenchmark(absl::string_view program,
                                 const BenchmarkFlags& flags) {
  static std::string name;  // Google Benchmark keeps the pointer
  name = std::string(program);
  std::vector<std::string> arguments = flags.arguments;
  arguments.push_back(
      absl::StrCat("--benchmark_repetitions=", flags.repetitions));
  arguments.push_back(
      absl::StrCat("--benchmark_min_warmup_time=", flags.warmup_seconds));
  if (flags.min_time.has_value() && flags.min_time->seconds > 0) {
    arguments.push_back(
        absl::StrCat("--benchmark_min_time=", flags.min_time->seconds));
  }
  std::vector<char*> pointers = {name.data()};
  for (std::string& argument : arguments) {
    pointers.push_back(argument.data());
  }
  int count = static_cast<int>(pointers.size());
  pointers.push_back(nullptr);
  benchmark::Initialize(&count, pointers.data());
  if (count > 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", pointers[1], "': Google Benchmark knows no such flag or value"));
  }
  return absl::OkStatus();
}

}  // namespace cowbench
