#include "lib/trace/options.h"

#include <unistd.h>

#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/units.h"
#include "lib/trace/tracer.h"
#include "lib/trace/unwinder.h"

namespace cowbench::trace {
namespace {

constexpr char kNotInNames[] = "/ \"\\";

absl::Status Invalid(absl::string_view flag, absl::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat("--", flag, ": ", message));
}

absl::Status SetFlag(absl::string_view flag, absl::string_view value,
                     Options* options) {
  if (flag == "name") {
    if (value.empty() || value.find_first_of(kNotInNames) != value.npos) {
      return Invalid(flag, absl::StrCat("'", value,
                                        "' is empty or has a slash, a blank, a "
                                        "quote or a backslash"));
    }
    options->name = std::string(value);
  } else if (flag == "benchmark_out" || flag == "stacks") {
    if (value.empty()) {
      return Invalid(flag, "a file name is wanted");
    }
    (flag == "stacks" ? options->stacks : options->out) = std::string(value);
  } else if (flag == "benchmark_out_format") {
    if (value != "json") {
      return Invalid(flag, absl::StrCat("'", value, "' is not json"));
    }
  } else if (flag == "benchmark_repetitions") {
    if (!absl::SimpleAtoi(value, &options->repetitions) ||
        options->repetitions < 1 || options->repetitions > 10'000) {
      return Invalid(flag, absl::StrCat("'", value,
                                        "' is not a whole number from 1 to "
                                        "10000"));
    }
  } else if (flag == "faults") {
    if (value != "all" && value != "sampled") {
      return Invalid(flag, absl::StrCat("'", value, "' is not all or sampled"));
    }
    options->trace.faults = value == "all" ? Faults::kAll : Faults::kSampled;
  } else if (flag == "call_graph") {
    if (value != "fp" && value != "dwarf") {
      return Invalid(flag, absl::StrCat("'", value, "' is not fp or dwarf"));
    }
    if (value == "dwarf" && Unwinder::kRegisters == 0) {
      return Invalid(flag, "only fp is known for this processor");
    }
    options->trace.call_graph =
        value == "fp" ? CallGraph::kFramePointers : CallGraph::kDwarf;
  } else if (flag == "interval") {
    if (!absl::ParseDuration(value, &options->trace.interval) ||
        options->trace.interval < absl::Milliseconds(1) ||
        options->trace.interval == absl::InfiniteDuration()) {
      return Invalid(flag, absl::StrCat("'", value,
                                        "' is not a time of 1ms or more, such "
                                        "as 100ms"));
    }
  } else if (flag == "attach") {
    if (!absl::SimpleAtoi(value, &options->attach) || options->attach < 1 ||
        options->attach == getpid()) {
      return Invalid(flag, absl::StrCat("'", value,
                                        "' is not the number of another "
                                        "process"));
    }
  } else if (flag == "duration") {
    if (!absl::ParseDuration(value, &options->duration) ||
        options->duration <= absl::ZeroDuration()) {
      return Invalid(flag, absl::StrCat("'", value,
                                        "' is not a time above zero, such as "
                                        "30s or 5m"));
    }
  } else if (flag == "max_copied") {
    const absl::StatusOr<uint64_t> size = ParseSize(value);
    if (!size.ok()) {
      return Invalid(flag, size.status().message());
    }
    options->max_copied = *size;
  } else {
    return absl::InvalidArgumentError(
        absl::StrCat("'--", flag,
                     "': there is no such flag; --help shows "
                     "them, and -- stands before the command"));
  }
  return absl::OkStatus();
}

absl::Status CheckTogether(const Options& options, bool has_command) {
  if (options.attach != 0 && has_command) {
    return Invalid("attach", "no command can stand beside it");
  }
  if (options.attach != 0 && options.repetitions != 1) {
    return Invalid("benchmark_repetitions", "--attach cannot repeat anything");
  }
  if (options.attach == 0 && options.duration != absl::InfiniteDuration()) {
    return Invalid("duration", "only --attach has one");
  }
  if (options.trace.interval != absl::ZeroDuration() && options.out.empty()) {
    return Invalid("interval", "only the file of --benchmark_out has it");
  }
  if (options.attach == 0 && !has_command) {
    return absl::InvalidArgumentError(
        "a command is wanted: program [flags] -- COMMAND [ARGUMENTS...]");
  }
  return absl::OkStatus();
}

std::string NameFor(const Options& options) {
  std::string name =
      options.attach == 0
          ? std::filesystem::path(options.command[0]).filename().string()
          : CommandOf(options.attach);
  for (char& c : name) {
    c = absl::string_view(kNotInNames).find(c) == absl::string_view::npos ? c
                                                                          : '_';
  }
  return name.empty() ? "command" : name;
}

}  // namespace

absl::StatusOr<Options> ParseOptions(int argc, char** argv) {
  Options options;
  int at = 1;
  for (; at < argc; ++at) {
    const absl::string_view argument = argv[at];
    if (argument == "--") {
      ++at;
      break;
    }
    if (argument == "--help" || argument == "-h") {
      options.help = true;
      return options;
    }
    if (!absl::StartsWith(argument, "-")) {
      break;
    }
    const size_t equals = argument.find('=');
    if (!absl::StartsWith(argument, "--") || equals == argument.npos) {
      return absl::InvalidArgumentError(absl::StrCat(
          "'", argument, "': a flag is --name=value; --help shows them"));
    }
    const absl::Status status = SetFlag(argument.substr(2, equals - 2),
                                        argument.substr(equals + 1), &options);
    if (!status.ok()) {
      return status;
    }
  }
  const absl::Status status = CheckTogether(options, at < argc);
  if (!status.ok()) {
    return status;
  }
  options.command = argv + at;
  if (options.name.empty()) {
    options.name = NameFor(options);
  }
  return options;
}

}  // namespace cowbench::trace
