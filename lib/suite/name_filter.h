// The expressions of --benchmark_filter.
#ifndef COWBENCH_LIB_SUITE_NAME_FILTER_H_
#define COWBENCH_LIB_SUITE_NAME_FILTER_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "re2/re2.h"

namespace cowbench {

// The expressions are RE2's (github.com/google/re2/wiki/Syntax), which take
// time in proportion to the name, whatever the expression. POSIX extended
// syntax, which Google Benchmark uses elsewhere, is a part of it but for the
// backslash in brackets, which escapes.
class NameFilter {
 public:
  // Errors: kInvalidArgument for what is no expression, or needs more than
  // RE2's limit of memory.
  static absl::StatusOr<NameFilter> Parse(const std::string& text);

  // Whether a part of one of the names matches; if the filter begins with "-",
  // whether none does. Always, where it is empty or "all".
  bool Selects(absl::Span<const std::string> names) const;

  // The error that none of so many is selected.
  absl::Status SelectsNone(size_t count) const;

 private:
  std::string text_;
  bool negative_ = false;
  std::unique_ptr<RE2> expression_;  // null: everything is selected
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_NAME_FILTER_H_
