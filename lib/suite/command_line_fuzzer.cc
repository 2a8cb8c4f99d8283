// Every command line is accepted, or refused by one line of printable text.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/base/printable.h"
#include "lib/suite/filter.h"
#include "lib/suite/matrix.h"
#include "lib/suite/options.h"

namespace cowbench {
namespace {

constexpr workload::PatternEntry kPatterns[] = {
    {.name = "read"}, {.name = "write", .writes = true}};
constexpr workload::LayoutEntry kCatalog[] = {
    {.name = "array",
     .element_count = [](uint64_t size) { return size / 8; },
     .patterns = kPatterns}};

void Check(bool holds) {
  if (!holds) {
    __builtin_trap();
  }
}

void CheckMessage(const absl::Status& status) {
  Check(absl::IsInvalidArgument(status));
  const std::string shown = Printable(status.message());
  Check(!shown.empty() && IsPrintable(shown));
}

void Try(std::vector<std::string> arguments) {
  std::vector<char*> argv = {arguments[0].data()};
  for (std::string& argument : arguments) {
    argv.push_back(argument.data());
  }
  const absl::StatusOr<Options> options =
      ParseCommandLine(static_cast<int>(argv.size()), argv.data(), kCatalog,
                       {{.name = "glibc"}, {.name = "jemalloc"}}, {});
  if (!options.ok()) {
    CheckMessage(options.status());
    return;
  }
  const std::vector<Case> cases =
      CasesOf(options->axes, kCatalog, options->allocators);
  if (!options->text.empty() || cases.empty()) {
    return;
  }
  const absl::StatusOr<std::vector<Case>> selected =
      FilterCases(cases, options->benchmark.filter, options->forks);
  if (selected.ok()) {
    Check(!selected->empty());
  } else {
    CheckMessage(selected.status());
  }
}

}  // namespace
}  // namespace cowbench

// The input is the arguments, one on each line.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cowbench::Try(absl::StrSplit(
      absl::string_view(reinterpret_cast<const char*>(data), size), '\n'));
  return 0;
}
