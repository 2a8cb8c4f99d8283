// The filter of --benchmark_filter.
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

// A regular expression of RE2 (github.com/google/re2/wiki/Syntax), which
// matches in linear time. It accepts the POSIX extended syntax that Google
// Benchmark uses, except that a backslash in brackets escapes the next
// character.
class NameFilter {
 public:
  // Errors: kInvalidArgument for an invalid expression, or one that needs more
  // memory than RE2 allows.
  static absl::StatusOr<NameFilter> Parse(const std::string& text);

  // Whether the expression matches a part of one of the names. If the filter
  // begins with "-", whether it matches none. An empty filter and "all" select
  // everything.
  bool Selects(absl::Span<const std::string> names) const;

  // The error when none of `count` cases is selected.
  absl::Status SelectsNone(size_t count) const;

 private:
  std::string text_;
  bool negative_ = false;
  std::unique_ptr<RE2> expression_;  // null: everything is selected
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_NAME_FILTER_H_
