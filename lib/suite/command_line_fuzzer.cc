// Every command line is understood, or refused in one line of which each
// character can be printed.
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

namespace {

using namespace cowbench;

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

}  // namespace

// The input is the arguments, one on each line.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<std::string> arguments = absl::StrSplit(
      absl::string_view(reinterpret_cast<const char*>(data), size), '\n');
  std::vector<char*> argv = {arguments[0].data()};
  for (std::string& argument : arguments) {
    argv.push_back(argument.data());
  }
  const absl::StatusOr<Options> options =
      ParseCommandLine(static_cast<int>(argv.size()), argv.data(), kCatalog,
                       {{.name = "glibc"}, {.name = "jemalloc"}}, {});
  if (!options.ok()) {
    CheckMessage(options.status());
    return 0;
  }
  if (options->text.empty()) {
    const std::vector<Case> cases =
        CasesOf(options->axes, kCatalog, options->allocators);
    if (!cases.empty()) {
      const absl::StatusOr<std::vector<Case>> selected =
          FilterCases(cases, options->benchmark.filter, options->forks);
      Check(!selected.ok() || !selected->empty());
      if (!selected.ok()) {
        CheckMessage(selected.status());
      }
    }
  }
  return 0;
}
