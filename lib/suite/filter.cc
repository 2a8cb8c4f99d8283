#include "lib/suite/filter.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"

namespace cowbench {
namespace {

// In messages, which are one line, and not one of 100,000 letters.
std::string Shown(const std::string& text) {
  constexpr size_t kMost = 80;
  return text.size() <= kMost ? text
                              : absl::StrCat(text.substr(0, kMost), "... (",
                                             text.size(), " bytes)");
}

}  // namespace

std::string BenchmarkName(const Case& c, const ForkCount& forks) {
  return forks.seconds > 0
             ? absl::StrCat(c.Id(), "/manual_time")
             : absl::StrCat(c.Id(), "/iterations:", IterationsOf(c, forks),
                            "/manual_time");
}

absl::StatusOr<std::vector<Case>> FilterCases(std::vector<Case> cases,
                                              const std::string& filter,
                                              const ForkCount& forks) {
  if (filter.empty() || filter == "all") {
    return cases;
  }
  const bool negative = absl::StartsWith(filter, "-");
  const RE2 expression(filter.substr(negative ? 1 : 0), RE2::Quiet);
  if (!expression.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--benchmark_filter: '", Shown(filter),
        "' is not a regular expression of RE2: ", Shown(expression.error())));
  }
  std::vector<Case> selected;
  for (const Case& c : cases) {
    const bool matches = RE2::PartialMatch(c.Id(), expression) ||
                         RE2::PartialMatch(BenchmarkName(c, forks), expression);
    if (matches != negative) {
      selected.push_back(c);
    }
  }
  if (selected.empty() && !cases.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--benchmark_filter: '", Shown(filter), "' matches none of ",
        cases.size(), " cases; --benchmark_list_tests shows them"));
  }
  return selected;
}

}  // namespace cowbench
