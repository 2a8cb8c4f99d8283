#include "lib/suite/options.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "benchmark/benchmark.h"
#include "lib/fork/fork_runner.h"
#include "lib/suite/version.h"

// An axis that is not given has the preset's values.
#define COWBENCH_AS_PRESET "preset"

ABSL_FLAG(std::string, preset, "default",
          "Where the axes start from: smoke (seconds) or default (minutes).");
ABSL_FLAG(std::string, allocators, COWBENCH_AS_PRESET,
          "Allocators, separated by commas.");
ABSL_FLAG(std::string, layouts, COWBENCH_AS_PRESET,
          "Data layouts, separated by commas.");
ABSL_FLAG(std::string, patterns, COWBENCH_AS_PRESET,
          "What is done after the fork, separated by commas.");
ABSL_FLAG(std::string, sizes, COWBENCH_AS_PRESET,
          "Bytes that the layout requests, such as 64KiB,1MiB,1GiB.");
ABSL_FLAG(std::string, touch, COWBENCH_AS_PRESET,
          "Percent of the elements that are touched, evenly spread, such as "
          "0.1,10,100.");
ABSL_FLAG(std::string, children, COWBENCH_AS_PRESET,
          "Children forked and running at the same time, such as 1,4.");
ABSL_FLAG(
    std::string, writers, COWBENCH_AS_PRESET,
    "Who runs the pattern: child, or parent while the children sit still, "
    "as a server does that writes snapshots.");
ABSL_FLAG(
    std::string, order, COWBENCH_AS_PRESET,
    "In which elements are touched: sequential, or shuffled, which changes "
    "times but not what is copied.");
ABSL_FLAG(std::string, iterations, "auto",
          "Forks measured for each case; auto: fewer for larger sizes.");
ABSL_FLAG(std::string, deadline, "60s",
          "Time for one fork to be measured or one data set to be built, "
          "after which it is killed.");
ABSL_FLAG(bool, verify, false,
          "Compare every count with the kernel's own (taskstats) and with "
          "frame numbers. Needs root and sysctl kernel.task_delayacct=1.");

namespace cowbench {
namespace {

absl::Status Invalid(absl::string_view flag, absl::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat("--", flag, ": ", message));
}

// Replaces `axis` by the values in `flag`, if it was given.
template <typename Value, typename Parse>
absl::Status ReplaceAxis(const absl::Flag<std::string>& flag,
                         absl::string_view name, Parse parse,
                         std::vector<Value>* axis) {
  const std::string text = absl::GetFlag(flag);
  if (text == COWBENCH_AS_PRESET) {
    return absl::OkStatus();
  }
  axis->clear();
  for (const absl::string_view item : absl::StrSplit(text, ',')) {
    absl::StatusOr<Value> value = parse(item);
    if (!value.ok()) {
      return Invalid(name, value.status().message());
    }
    if (std::find(axis->begin(), axis->end(), *value) != axis->end()) {
      return Invalid(name, absl::StrCat("'", item, "' stands twice"));
    }
    axis->push_back(*std::move(value));
  }
  return absl::OkStatus();
}

// A parser of names, which accepts those that the preset has.
auto OneOf(std::vector<std::string> known) {
  return [known = std::move(known)](
             absl::string_view name) -> absl::StatusOr<std::string> {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "'", name, "' is not one of: ", absl::StrJoin(known, ", ")));
    }
    return std::string(name);
  };
}

// A parser of names that stand for values.
template <typename Value>
auto Choice(std::vector<std::pair<std::string, Value>> known) {
  return [known = std::move(known)](
             absl::string_view name) -> absl::StatusOr<Value> {
    for (const auto& [known_name, value] : known) {
      if (name == known_name) {
        return value;
      }
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "'", name, "' is not one of: ",
        absl::StrJoin(known, ", ", [](std::string* out, const auto& item) {
          absl::StrAppend(out, item.first);
        })));
  };
}

auto WholeNumber(int low, int high) {
  return [low, high](absl::string_view text) -> absl::StatusOr<int> {
    int number = 0;
    if (!absl::SimpleAtoi(text, &number) || number < low || number > high) {
      return absl::InvalidArgumentError(absl::StrCat(
          "'", text, "' is not a whole number from ", low, " to ", high));
    }
    return number;
  };
}

absl::Status ReadOwnFlags(Options* options) {
  constexpr int kMaxIterations = 1'000'000;
  Axes& axes = options->axes;
  for (const absl::Status& status :
       {ReplaceAxis(FLAGS_allocators, "allocators", OneOf(axes.allocators),
                    &axes.allocators),
        ReplaceAxis(FLAGS_layouts, "layouts", OneOf(axes.layouts),
                    &axes.layouts),
        ReplaceAxis(FLAGS_patterns, "patterns", OneOf(axes.patterns),
                    &axes.patterns),
        ReplaceAxis(FLAGS_sizes, "sizes", ParseSize, &axes.sizes),
        ReplaceAxis(FLAGS_touch, "touch", ParsePercent, &axes.touch),
        ReplaceAxis(FLAGS_children, "children", WholeNumber(1, kMaxChildren),
                    &axes.children),
        ReplaceAxis(FLAGS_writers, "writers",
                    Choice<Writer>({{"child", Writer::kChild},
                                    {"parent", Writer::kParent}}),
                    &axes.writers),
        ReplaceAxis(FLAGS_order, "order",
                    Choice<Order>({{"sequential", Order::kSequential},
                                   {"shuffled", Order::kShuffled}}),
                    &axes.orders)}) {
    if (!status.ok()) {
      return status;
    }
  }
  const std::string iterations = absl::GetFlag(FLAGS_iterations);
  if (iterations != "auto") {
    absl::StatusOr<int> number = WholeNumber(1, kMaxIterations)(iterations);
    if (!number.ok()) {
      return Invalid("iterations",
                     absl::StrCat(number.status().message(), " or auto"));
    }
    options->iterations = *number;
  }
  const std::string deadline = absl::GetFlag(FLAGS_deadline);
  if (!absl::ParseDuration(deadline, &options->deadline) ||
      options->deadline < absl::Milliseconds(1) ||
      options->deadline > absl::Hours(24)) {
    return Invalid("deadline",
                   absl::StrCat("'", deadline,
                                "' is not a time from 1ms to 24h, such as "
                                "500ms, 60s or 2m"));
  }
  options->verify = absl::GetFlag(FLAGS_verify);
  return absl::OkStatus();
}

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

absl::Status CheckOneOf(absl::string_view flag, absl::string_view value,
                        const std::vector<absl::string_view>& accepted) {
  if (std::find(accepted.begin(), accepted.end(), value) == accepted.end()) {
    return Invalid(flag, absl::StrCat("'", value, "' is not one of: ",
                                      absl::StrJoin(accepted, ", ")));
  }
  return absl::OkStatus();
}

// Google Benchmark takes a wrong value for a request for help, with exit
// status 0, and keeps its flags to itself: each is checked, and read, here.
absl::Status ReadBenchmarkFlag(absl::string_view name, absl::string_view value,
                               Options* options) {
  const absl::string_view flag = name.substr(name.find('_') + 1);
  if (flag == "filter") {
    options->filter = std::string(value);
  } else if (flag == "format") {
    return ReadFormat(name, value, &options->format);
  } else if (flag == "out") {
    options->out = std::string(value);
    if (value.empty()) {
      return Invalid(name, "a file name is wanted");
    }
  } else if (flag == "out_format") {
    return ReadFormat(name, value, &options->out_format);
  } else if (flag == "repetitions") {
    absl::StatusOr<int> number = WholeNumber(1, 10'000)(value);
    if (!number.ok()) {
      return Invalid(name, number.status().message());
    }
    options->repetitions = *number;
  } else if (flag == "list_tests" || flag == "report_aggregates_only" ||
             flag == "display_aggregates_only" ||
             flag == "enable_random_interleaving") {
    options->list_tests =
        options->list_tests || (flag == "list_tests" && value == "true");
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

// Those flags may stand in the environment as well: BENCHMARK_OUT=...
absl::Status ReadBenchmarkEnvironment(Options* options) {
  for (const absl::string_view name :
       {"benchmark_filter", "benchmark_format", "benchmark_out",
        "benchmark_out_format", "benchmark_repetitions",
        "benchmark_list_tests"}) {
    const char* const value = getenv(absl::AsciiStrToUpper(name).c_str());
    if (value != nullptr) {
      absl::Status status = ReadBenchmarkFlag(name, value, options);
      if (!status.ok()) {
        return status;
      }
    }
  }
  return absl::OkStatus();
}

bool IsOwn(const absl::CommandLineFlag& flag) {
  return absl::EndsWith(flag.Filename(), "lib/suite/options.cc");
}

// Instead of Abseil's own help, which ends with exit status 1.
[[noreturn]] void PrintHelp() {
  fputs(
      "Measures what fork() makes the kernel copy, across data layouts, access "
      "patterns,\nsizes and allocators.\n\n"
      "  bazel run //benchmarks:cow -- [flags]\n\n",
      stdout);
  std::map<absl::string_view, absl::CommandLineFlag*> sorted;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (IsOwn(*flag)) {
      sorted[name] = flag;
    }
  }
  for (const auto& [name, flag] : sorted) {
    printf("  --%s=%s\n      %s\n", std::string(name).c_str(),
           flag->DefaultValue().c_str(), flag->Help().c_str());
  }
  fputs(
      "\nAn axis that is 'preset' has the preset's values. Google Benchmark's "
      "flags work, too:\n"
      "  --benchmark_filter=<regex>     on case ids; -<regex> for all others\n"
      "  --benchmark_list_tests         print the cases and end\n"
      "  --benchmark_repetitions=<n>\n"
      "  --benchmark_out=<file>         JSON, or as --benchmark_out_format "
      "says\n"
      "  --benchmark_format=<console|json|csv>\n",
      stdout);
  exit(0);
}

// Sets one of cowbench's flags from "--name=value", or from "--name" and the
// next argument. Abseil's own parser has other flags, and other words.
absl::Status SetOwnFlag(absl::string_view argument, const char* next,
                        bool* used_next) {
  *used_next = false;
  if (argument == "--help" || argument == "-h") {
    PrintHelp();
  }
  if (argument == "--version") {
    printf("cowbench %s\n", kVersion);
    exit(0);
  }
  const size_t equals = argument.find('=');
  absl::string_view name = argument.substr(0, equals);
  absl::CommandLineFlag* const flag = absl::ConsumePrefix(&name, "--")
                                          ? absl::FindCommandLineFlag(name)
                                          : nullptr;
  if (flag == nullptr || !IsOwn(*flag)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", argument, "': there is no such flag; --help shows them"));
  }
  std::string value;
  if (equals != argument.npos) {
    value = std::string(argument.substr(equals + 1));
  } else if (flag->IsOfType<bool>()) {
    value = "true";
  } else if (next != nullptr) {
    value = next;
    *used_next = true;
  } else {
    return Invalid(name, "a value is wanted");
  }
  std::string error;
  if (flag->IsOfType<bool>()) {
    absl::Status status = CheckOneOf(name, value, {"true", "false"});
    if (!status.ok()) {
      return status;
    }
  }
  if (!flag->ParseFrom(value, &error)) {
    return Invalid(name, error);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Options> ParseCommandLine(
    int argc, char** argv, const Catalog& catalog,
    const std::vector<Allocator>& allocators) {
  std::vector<char*> benchmarks = {argv[0]};
  Options options;
  absl::Status status = ReadBenchmarkEnvironment(&options);
  for (int i = 1; i < argc && status.ok(); ++i) {
    const absl::string_view argument = argv[i];
    if (absl::StartsWith(argument, "--benchmark_")) {
      const std::pair<absl::string_view, absl::string_view> flag =
          absl::StrSplit(argument.substr(2), absl::MaxSplits('=', 1));
      status = ReadBenchmarkFlag(
          flag.first,
          argument.find('=') == argument.npos ? "true" : flag.second, &options);
      benchmarks.push_back(argv[i]);
    } else {
      bool used_next = false;
      status = SetOwnFlag(argument, argv[i + 1], &used_next);
      i += used_next ? 1 : 0;
    }
  }
  if (!status.ok()) {
    return status;
  }
  absl::StatusOr<Axes> axes =
      PresetAxes(absl::GetFlag(FLAGS_preset), catalog, allocators);
  if (!axes.ok()) {
    return Invalid("preset", axes.status().message());
  }
  options.axes = *std::move(axes);
  status = ReadOwnFlags(&options);
  if (!status.ok()) {
    return status;
  }
  if (options.list_tests) {  // would empty the file
    std::erase_if(benchmarks, [](absl::string_view argument) {
      return absl::StartsWith(argument, "--benchmark_out=");
    });
    options.out.clear();
  }
  int benchmark_argc = static_cast<int>(benchmarks.size());
  benchmarks.push_back(nullptr);
  benchmark::Initialize(&benchmark_argc, benchmarks.data());
  if (benchmark_argc > 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", benchmarks[1], "': Google Benchmark knows no such flag or value"));
  }
  return options;
}

}  // namespace cowbench
