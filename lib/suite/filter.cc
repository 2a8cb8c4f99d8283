#include "lib/suite/filter.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/suite/name_filter.h"

namespace cowbench {

std::string BenchmarkName(const Case& c, const ForkCount& forks) {
  return forks.seconds > 0
             ? absl::StrCat(c.Id(), "/manual_time")
             : absl::StrCat(c.Id(), "/iterations:", IterationsOf(c, forks),
                            "/manual_time");
}

absl::StatusOr<std::vector<Case>> FilterCases(const std::vector<Case>& cases,
                                              const std::string& text,
                                              const ForkCount& forks) {
  COWBENCH_ASSIGN_OR_RETURN(const NameFilter filter, NameFilter::Parse(text));
  std::vector<Case> selected;
  for (const Case& c : cases) {
    if (filter.Selects({c.Id(), BenchmarkName(c, forks)})) {
      selected.push_back(c);
    }
  }
  return selected.empty() ? absl::StatusOr<std::vector<Case>>(
                                filter.SelectsNone(cases.size()))
                          : selected;
}

}  // namespace cowbench
