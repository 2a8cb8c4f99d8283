#include "lib/suite/options.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/fork/fork_runner.h"
#include "lib/suite/flag_values.h"
#include "lib/suite/version.h"

// An axis that is not given has the preset's values.
#define COWBENCH_AS_PRESET "preset"

ABSL_FLAG(
    std::string, preset, "default",
    "Where the axes start from: smoke (seconds), default (minutes) or full "
    "(hours).");
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
ABSL_FLAG(std::string, thp, COWBENCH_AS_PRESET,
          "Transparent huge pages: system (as it is set up), never, or always, "
          "which puts the data set into huge pages before the fork.");
ABSL_FLAG(std::vector<std::string>, allocator_variant, {},
          "NAME=BASE[,preload=FILE][,ENV=VALUE...]: another allocator, which "
          "is BASE with a malloc preloaded from FILE, or other settings. May "
          "be given several times.");
ABSL_FLAG(std::string, iterations, "auto",
          "Forks measured for each case; auto: fewer for larger sizes.");
ABSL_FLAG(std::string, deadline, "60s",
          "Time for one fork to be measured or one data set to be built, "
          "after which it is killed.");
ABSL_FLAG(bool, list, false,
          "Print the cases, and estimates of the time and memory that each "
          "will need, and end.");
ABSL_FLAG(bool, verify, false,
          "Compare every count with the kernel's own (taskstats) and with "
          "frame numbers. Needs root and sysctl kernel.task_delayacct=1.");

namespace cowbench {
namespace {

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

absl::Status AddVariants(std::vector<Allocator>* allocators) {
  for (const std::string& text : absl::GetFlag(FLAGS_allocator_variant)) {
    absl::StatusOr<Allocator> variant = MakeVariant(text, *allocators);
    if (!variant.ok()) {
      return Invalid("allocator_variant", variant.status().message());
    }
    allocators->push_back(*std::move(variant));
  }
  return absl::OkStatus();
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
                    Choice<workload::Order>(
                        {{"sequential", workload::Order::kSequential},
                         {"shuffled", workload::Order::kShuffled}}),
                    &axes.orders),
        ReplaceAxis(FLAGS_thp, "thp",
                    Choice<HugePages>({{"system", HugePages::kSystem},
                                       {"never", HugePages::kNever},
                                       {"always", HugePages::kAlways}}),
                    &axes.huge_pages)}) {
    if (!status.ok()) {
      return status;
    }
  }
  if (absl::GetFlag(FLAGS_sizes) != COWBENCH_AS_PRESET) {
    axes.size_of_layout.clear();
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
  options->list = absl::GetFlag(FLAGS_list);
  return absl::OkStatus();
}

bool IsOwn(const absl::CommandLineFlag& flag) {
  return absl::EndsWith(flag.Filename(), "lib/suite/options.cc");
}

// Instead of Abseil's own help, which ends with exit status 1.
[[noreturn]] void PrintHelp() {
  printf(
      "Measures what fork() makes the kernel copy, across data layouts, access "
      "patterns,\nsizes and allocators.\n\n"
      "  bazel run //benchmarks:%s -- [flags]\n\n",
      program_invocation_short_name);
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
  } else if (next != nullptr && !absl::StartsWith(next, "--")) {
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
  if (name == "allocator_variant") {  // one more
    std::vector<std::string> variants = absl::GetFlag(FLAGS_allocator_variant);
    variants.push_back(value);
    absl::SetFlag(&FLAGS_allocator_variant, variants);
    return absl::OkStatus();
  }
  if (!flag->ParseFrom(value, &error)) {
    return Invalid(name, error);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Options> ParseCommandLine(int argc, char** argv,
                                         workload::Catalog catalog,
                                         std::vector<Allocator> allocators,
                                         absl::Span<const Preset> own_presets) {
  std::vector<char*> benchmark_arguments = {argv[0]};
  Options options;
  absl::Status status = ReadBenchmarkEnvironment(&options.benchmark);
  for (int i = 1; i < argc && status.ok(); ++i) {
    if (absl::StartsWith(argv[i], "--benchmark_")) {
      status = ReadBenchmarkFlag(argv[i], &options.benchmark);
      benchmark_arguments.push_back(argv[i]);
    } else {
      bool used_next = false;
      status = SetOwnFlag(argv[i], argv[i + 1], &used_next);
      i += used_next ? 1 : 0;
    }
  }
  if (!status.ok()) {
    return status;
  }
  options.allocators = std::move(allocators);
  status = AddVariants(&options.allocators);
  if (!status.ok()) {
    return status;
  }
  absl::StatusOr<Axes> axes = PresetAxes(absl::GetFlag(FLAGS_preset), catalog,
                                         options.allocators, own_presets);
  if (!axes.ok()) {
    return Invalid("preset", axes.status().message());
  }
  options.axes = *std::move(axes);
  status = ReadOwnFlags(&options);
  if (!status.ok()) {
    return status;
  }
  if (options.list || options.benchmark.list_tests) {  // would empty the file
    std::erase_if(benchmark_arguments, [](absl::string_view argument) {
      return absl::StartsWith(argument, "--benchmark_out=");
    });
    options.benchmark.out.clear();
  }
  status = InitializeBenchmark(std::move(benchmark_arguments));
  if (!status.ok()) {
    return status;
  }
  return options;
}

}  // namespace cowbench
