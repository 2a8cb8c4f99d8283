#include "lib/suite/options.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "lib/base/status_macros.h"
#include "lib/base/units.h"
#include "lib/suite/axes.h"
#include "lib/suite/flag_values.h"
#include "lib/suite/flags.h"
#include "lib/suite/help.h"
#include "lib/suite/version.h"

namespace cowbench {
namespace {

constexpr absl::string_view kList = "<values>";
constexpr int kSizeFactor = 4;  // in a range

std::vector<Flag> KnownFlags() {
  std::vector<Flag> flags = {
      {"preset", "default",
       "Which cases to run: smoke (takes seconds), default (minutes), full "
       "(hours), or one of the suite's own."},
      {"allocators", kList,
       "The allocators below, and variants by their names."},
      {"layouts", kList,
       "How the data set lies in memory, of the layouts below."},
      {"patterns", kList,
       "What the writer does after the fork, of the patterns below."},
      {"sizes", kList,
       "Bytes that the layout requests, such as 64KiB,1MiB; 64KiB..1GiB for "
       "64KiB, four times that, and so on up to 1GiB."},
  };
  AllAxes::ForEach([&flags]<typename Axis>(std::type_identity<Axis>) {
    flags.push_back({Axis::kFlag, kList, Axis::kHelp});
  });
  flags.insert(
      flags.end(),
      {{"allocator_variant", "NAME=BASE[,preload=FILE][,ENV=VALUE...]",
        "Another allocator: BASE with the malloc in FILE preloaded, or with "
        "other settings, which replace BASE's of the same name; values may "
        "contain commas. May be given several times. Where --allocators is "
        "given, it must name the variant, too."},
       {"iterations", "auto",
        "Forks measured for each case; auto: fewer for larger sizes."},
       {"deadline", "60s",
        "The longest time to build a data set or to measure one fork. A "
        "subject that takes longer is killed."},
       {"table", "fit",
        "The table on the terminal: fit (the columns that fit, and the rows "
        "where allocators differ), full (all), none."},
       {"summary", "",
        "Print at the end, in at most twenty lines, what was found. Only with "
        "--benchmark_format=console; --summary=false switches it off.",
        true},
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

// Reads an item of a list: a value, or a range. With factor 2, "1..8" means
// 1,2,4,8.
template <typename Value, typename Parse>
absl::StatusOr<std::vector<Value>> ReadItem(absl::string_view item,
                                            [[maybe_unused]] int factor,
                                            Parse parse) {
  if constexpr (std::is_integral_v<Value>) {
    const std::vector<absl::string_view> ends = absl::StrSplit(item, "..");
    if (factor > 1 && ends.size() == 2) {
      COWBENCH_ASSIGN_OR_RETURN(const Value low, parse(ends[0]));
      COWBENCH_ASSIGN_OR_RETURN(const Value high, parse(ends[1]));
      if (low >= high) {
        return absl::InvalidArgumentError(
            absl::StrCat("'", item, "' is not a range from low to high"));
      }
      std::vector<Value> values;
      for (Value value = low; value < high;
           value *= static_cast<Value>(factor)) {
        values.push_back(value);
      }
      values.push_back(high);
      return values;
    }
  }
  COWBENCH_ASSIGN_OR_RETURN(Value value, parse(item));
  return std::vector<Value>{std::move(value)};
}

// Replaces `values` by those that the flag lists, if it was given.
template <typename Value, typename Parse>
absl::Status ReadList(const Flags& flags, absl::string_view name, int factor,
                      Parse parse, std::vector<Value>* values) {
  const std::optional<std::string> list = flags.Get(name);
  if (!list.has_value()) {
    return absl::OkStatus();
  }
  std::vector<Value> read;
  for (const absl::string_view item : absl::StrSplit(*list, ',')) {
    COWBENCH_ASSIGN_OR_RETURN(
        const std::vector<Value> several,
        InFlag(name, ReadItem<Value>(item, factor, parse)));
    for (const Value& value : several) {
      if (std::find(read.begin(), read.end(), value) != read.end()) {
        return Invalid(name, absl::StrCat("'", item, "' is given twice"));
      }
      read.push_back(value);
    }
  }
  *values = std::move(read);
  return absl::OkStatus();
}

absl::Status ReadAxes(const Flags& flags, const Axes& known, Axes* axes) {
  for (const auto& [name, member] : {std::pair("allocators", &Axes::allocators),
                                     std::pair("layouts", &Axes::layouts),
                                     std::pair("patterns", &Axes::patterns)}) {
    COWBENCH_RETURN_IF_ERROR(
        ReadList(flags, name, 1, OneOf(known.*member), &(axes->*member)));
  }
  COWBENCH_RETURN_IF_ERROR(
      ReadList(flags, "sizes", kSizeFactor, ParseSize, &axes->sizes));
  if (flags.Get("sizes").has_value()) {
    axes->size_of_layout.clear();
  }
  absl::Status status;
  AllAxes::ForEach([&]<typename Axis>(std::type_identity<Axis>) {
    int factor = 1;
    if constexpr (requires { Axis::kRangeFactor; }) {
      factor = Axis::kRangeFactor;
    }
    status.Update(
        ReadList(flags, Axis::kFlag, factor, Axis::Parse, &axes->Get<Axis>()));
  });
  if (status.ok() &&
      axes->Get<axis::Touch>() == std::vector{axis::Touch::kDefault} &&
      axes->Get<axis::Spread>() != std::vector{axis::Spread::kDefault}) {
    return Invalid(axis::Spread::kFlag,
                   "all elements are touched, however they are spread; give a "
                   "--touch below 100, too");
  }
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

// A variant that nobody chose would be left out without a word.
absl::Status CheckVariants(const std::vector<Allocator>& allocators,
                           const std::vector<std::string>& chosen) {
  for (const Allocator& allocator : allocators) {
    if (!allocator.base.empty() && std::find(chosen.begin(), chosen.end(),
                                             allocator.name) == chosen.end()) {
      return Invalid(
          "allocator_variant",
          absl::StrCat("'", allocator.name,
                       "' is not among --allocators; add it there: "
                       "--allocators=",
                       absl::StrJoin(chosen, ","), ",", allocator.name));
    }
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
  if (text == "auto") {
    return 0;
  }
  absl::StatusOr<int> number = ParseWholeNumber(1, kMaxForks, text);
  return number.ok() ? number
                     : absl::InvalidArgumentError(absl::StrCat(
                           number.status().message(), ", nor auto"));
}

// Reads how many forks of each case to measure, from cowbench's own flags and
// from Google Benchmark's.
absl::Status ReadForks(const Flags& flags, Options* options) {
  const std::optional<std::string> iterations = flags.Get("iterations");
  COWBENCH_ASSIGN_OR_RETURN(
      options->forks.number,
      InFlag("iterations", ParseIterations(iterations.value_or("auto"))));
  BenchmarkFlags& benchmark = options->benchmark;
  if (benchmark.min_time.has_value()) {
    if (iterations.has_value()) {
      return Invalid("benchmark_min_time",
                     "--iterations is given, too; use only one of them");
    }
    options->forks = *benchmark.min_time;
  }
  if (benchmark.dry_run) {
    options->forks = {.number = 1};
    benchmark.repetitions = 1;
    benchmark.warmup_seconds = 0;
  }
  return absl::OkStatus();
}

// Reads all arguments up to --help or --version.
absl::Status ReadArguments(absl::Span<char* const> arguments,
                           const Choices& choices, Flags* flags,
                           Options* options) {
  while (!arguments.empty()) {
    const absl::string_view argument = arguments[0];
    int read = 1;
    if (IsBenchmarkFlag(argument)) {
      COWBENCH_RETURN_IF_ERROR(
          ReadBenchmarkFlag(argument, &options->benchmark));
    } else if (argument == "--help" || argument == "-h") {
      options->text = HelpText(*flags, choices);
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
  COWBENCH_RETURN_IF_ERROR(ReadBenchmarkEnvironment(&options.benchmark));
  COWBENCH_RETURN_IF_ERROR(
      ReadArguments(absl::MakeSpan(argv, static_cast<size_t>(argc)).subspan(1),
                    {catalog, allocators, own_presets}, &flags, &options));
  if (!options.text.empty()) {
    return options;
  }
  options.allocators = std::move(allocators);
  COWBENCH_RETURN_IF_ERROR(AddVariants(flags, &options.allocators));
  COWBENCH_ASSIGN_OR_RETURN(
      options.axes,
      InFlag("preset", PresetAxes(flags.Get("preset").value_or("default"),
                                  catalog, options.allocators, own_presets)));
  COWBENCH_RETURN_IF_ERROR(
      ReadAxes(flags, AllNames(catalog, options.allocators), &options.axes));
  COWBENCH_RETURN_IF_ERROR(
      CheckVariants(options.allocators, options.axes.allocators));
  COWBENCH_RETURN_IF_ERROR(ReadForks(flags, &options));
  COWBENCH_ASSIGN_OR_RETURN(
      options.deadline,
      InFlag("deadline", ParseDeadline(flags.Get("deadline").value_or("60s"))));
  static constexpr Named<Table> kTables[] = {
      {"fit", Table::kFit}, {"full", Table::kFull}, {"none", Table::kNone}};
  COWBENCH_ASSIGN_OR_RETURN(
      options.table,
      InFlag("table",
             ParseName<Table>(kTables, flags.Get("table").value_or("fit"))));
  options.summary = flags.Get("summary") != "false";
  options.verify = flags.IsOn("verify");
  options.list = flags.IsOn("list");
  return options;
}

}  // namespace cowbench
