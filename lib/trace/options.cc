#include "lib/trace/options.h"

#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/units.h"

namespace cowbench::trace {
namespace {

absl::Status Invalid(absl::string_view flag, absl::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat("--", flag, ": ", message));
}

absl::Status SetFlag(absl::string_view flag, absl::string_view value,
                     Options* options) {
  if (flag == "name") {
    if (value.empty() || value.find_first_of("/ \"\\") != value.npos) {
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
  if (at >= argc || argv[at][0] == '\0') {
    return absl::InvalidArgumentError(
        "a command is wanted: program [flags] -- COMMAND [ARGUMENTS...]");
  }
  options.command = argv + at;
  if (options.name.empty()) {
    options.name = std::filesystem::path(argv[at]).filename().string();
    for (char& c : options.name) {
      c = absl::string_view("/ \"\\").find(c) == absl::string_view::npos ? c
                                                                         : '_';
    }
  }
  return options;
}

}  // namespace cowbench::trace
