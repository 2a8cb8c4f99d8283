#include "lib/suite/options.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "lib/base/printable.h"
#include "lib/base/status_macros.h"
#include "lib/base/units.h"
#include "lib/suite/axes.h"
#include "lib/suite/flag_values.h"
#include "lib/suite/flags.h"
#include "lib/suite/version.h"

namespace cowbench {
namespace {

constexpr absl::string_view kList = "<values>";

std::vector<Flag> KnownFlags() {
  std::vector<Flag> flags = {
      {"preset", "default",
       "Which cases to run: smoke (takes seconds), default (minutes) or full "
       "(hours)."},
      {"allocators", kList, "Allocators."},
      {"layouts", kList, "Data layouts."},
      {"patterns", kList, "What is done after the fork."},
      {"sizes", kList,
       "Bytes that the layout requests, such as 64KiB,1MiB,1GiB."},
  };
  AllAxes::ForEach([&flags]<typename Axis>(std::type_identity<Axis>) {
    flags.push_back({Axis::kFlag, kList, Axis::kHelp});
  });
  flags.insert(
      flags.end(),
      {{"allocator_variant", "NAME=BASE[,preload=FILE][,ENV=VALUE...]",
        "Another allocator: BASE with the malloc in FILE preloaded, or with "
        "other settings. May be given several times."},
       {"iterations", "auto",
        "Forks measured for each case; auto: fewer for larger sizes."},
       {"deadline", "60s",
        "Time to build a data set or to measure one fork. What takes longer is "
        "killed."},
       {"list", "",
        "Print the cases, with an estimate of the time and memory that each "
        "needs, and exit.",
        true},
       {"verify", "",
        "Compare every count with the kernel's own (taskstats) and with frame "
        "numbers. Needs root and sysctl kernel.task_delayacct=1.",
        true}});
  return flags;
}

// Replaces `values` by those that the flag lists, if it was given.
template <typename Value, typename Parse>
absl::Status ReadList(const Flags& flags, absl::string_view name, Parse parse,
                      std::vector<Value>* values) {
  const std::optional<std::string> list = flags.Get(name);
  if (!list.has_value()) {
    return absl::OkStatus();
  }
  std::vector<Value> read;
  for (const absl::string_view item : absl::StrSplit(*list, ',')) {
    COWBENCH_ASSIGN_OR_RETURN(Value value, InFlag(name, parse(item)));
    if (std::find(read.begin(), read.end(), value) != read.end()) {
      return Invalid(name, absl::StrCat("'", item, "' is given twice"));
    }
    read.push_back(std::move(value));
  }
  *values = std::move(read);
  return absl::OkStatus();
}

absl::Status ReadAxes(const Flags& flags, Axes* axes) {
  for (const auto& [name, values] : {std::pair("allocators", &axes->allocators),
                                     std::pair("layouts", &axes->layouts),
                                     std::pair("patterns", &axes->patterns)}) {
    const std::vector<std::string> known = *values;
    COWBENCH_RETURN_IF_ERROR(ReadList(flags, name, OneOf(known), values));
  }
  COWBENCH_RETURN_IF_ERROR(ReadList(flags, "sizes", ParseSize, &axes->sizes));
  if (flags.Get("sizes").has_value()) {
    axes->size_of_layout.clear();
  }
  absl::Status status;
  AllAxes::ForEach([&]<typename Axis>(std::type_identity<Axis>) {
    status.Update(
        ReadList(flags, Axis::kFlag, Axis::Parse, &axes->Get<Axis>()));
  });
  return status;
}

absl::Status AddVariants(const Flags& flags,
                         std::vector<Allocator>* allocators) {
  for (const std::string& text : flags.GetAll("allocator_variant")) {
    COWBENCH_ASSIGN_OR_RETURN(
        Allocator variant,
        InFlag("allocator_variant", MakeVariant(text, *allocators)));
    allocators->push_back(std::move(variant));
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::Duration> ParseDeadline(absl::string_view text) {
  absl::Duration deadline;
  if (!absl::ParseDuration(text, &deadline) ||
      deadline < absl::Milliseconds(1) || deadline > absl::Hours(24)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", text,
        "' is not a time from 1ms to 24h, such as 500ms, 60s or 2m"));
  }
  return deadline;
}

// 0 for auto.
absl::StatusOr<int> ParseIterations(absl::string_view text) {
  constexpr int kMaxIterations = 1'000'000;
  if (text == "auto") {
    return 0;
  }
  absl::StatusOr<int> number = ParseWholeNumber(1, kMaxIterations, text);
  return number.ok() ? number
                     : absl::InvalidArgumentError(absl::StrCat(
                           number.status().message(), ", nor auto"));
}

std::string HelpText(const Flags& flags) {
  return absl::StrCat(
      "Measures what fork() makes the kernel copy, across data layouts, access "
      "patterns,\nsizes and allocators.\n\n"
      "  bazel run //benchmarks:",
      program_invocation_short_name,
      " -- [flags]\n\n"
      "<values> are separated by commas. A flag that is not given has the "
      "preset's.\n\n",
      flags.Help(),
      "\nFlags of Google Benchmark:\n"
      "  --benchmark_filter=<regex>     on case ids; -<regex> for all others\n"
      "  --benchmark_list_tests         print the cases and exit\n"
      "  --benchmark_repetitions=<n>\n"
      "  --benchmark_out=<file>         JSON, or what --benchmark_out_format "
      "says\n"
      "  --benchmark_format=<console|json|csv>\n");
}

// Reads all arguments up to --help or --version. Those of Google Benchmark are
// appended to `benchmark_arguments`.
absl::Status ReadArguments(absl::Span<char* const> arguments, Flags* flags,
                           Options* options,
                           std::vector<char*>* benchmark_arguments) {
  while (!arguments.empty()) {
    const absl::string_view argument = arguments[0];
    int read = 1;
    if (absl::StartsWith(argument, "--benchmark_")) {
      COWBENCH_RETURN_IF_ERROR(
          ReadBenchmarkFlag(argument, &options->benchmark));
      benchmark_arguments->push_back(arguments[0]);
    } else if (argument == "--help" || argument == "-h") {
      options->text = HelpText(*flags);
      return absl::OkStatus();
    } else if (argument == "--version") {
      options->text = absl::StrCat("cowbench ", kVersion, "\n");
      return absl::OkStatus();
    } else {
      COWBENCH_ASSIGN_OR_RETURN(read, flags->Read(arguments));
    }
    arguments.remove_prefix(static_cast<size_t>(read));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Options> ParseCommandLine(int argc, char** argv,
                                         workload::Catalog catalog,
                                         std::vector<Allocator> allocators,
                                         absl::Span<const Preset> own_presets) {
  Options options;
  Flags flags(KnownFlags());
  // Goes into the results; Google Benchmark keeps the pointer.
  static std::string program = Printable(argv[0]);
  std::vector<char*> benchmark_arguments = {program.data()};
  COWBENCH_RETURN_IF_ERROR(ReadBenchmarkEnvironment(&options.benchmark));
  COWBENCH_RETURN_IF_ERROR(
      ReadArguments(absl::MakeSpan(argv, static_cast<size_t>(argc)).subspan(1),
                    &flags, &options, &benchmark_arguments));
  if (!options.text.empty()) {
    return options;
  }
  options.allocators = std::move(allocators);
  COWBENCH_RETURN_IF_ERROR(AddVariants(flags, &options.allocators));
  COWBENCH_ASSIGN_OR_RETURN(
      options.axes,
      InFlag("preset", PresetAxes(flags.Get("preset").value_or("default"),
                                  catalog, options.allocators, own_presets)));
  COWBENCH_RETURN_IF_ERROR(ReadAxes(flags, &options.axes));
  COWBENCH_ASSIGN_OR_RETURN(
      options.iterations,
      InFlag("iterations",
             ParseIterations(flags.Get("iterations").value_or("auto"))));
  COWBENCH_ASSIGN_OR_RETURN(
      options.deadline,
      InFlag("deadline", ParseDeadline(flags.Get("deadline").value_or("60s"))));
  options.verify = flags.IsOn("verify");
  options.list = flags.IsOn("list");
  COWBENCH_RETURN_IF_ERROR(InitializeBenchmark(std::move(benchmark_arguments)));
  return options;
}

}  // namespace cowbench
