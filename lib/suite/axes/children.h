#ifndef COWBENCH_LIB_SUITE_AXES_CHILDREN_H_
#define COWBENCH_LIB_SUITE_AXES_CHILDREN_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/fork/fork_options.h"
#include "lib/suite/flag_values.h"

namespace cowbench::axis {

// How many processes are forked, and there, at the same time.
struct Children {
  using Value = int;
  static constexpr Value kDefault = 1;
  static constexpr absl::string_view kName = "children";
  static constexpr absl::string_view kFlag = "children";
  static constexpr absl::string_view kHelp =
      "Children forked and running at the same time, such as 1,4; 1..8 for "
      "1,2,4,8.";
  static constexpr int kRangeFactor = 2;
  static constexpr bool kOfDataSet = false;

  static absl::StatusOr<Value> Parse(absl::string_view text) {
    return ParseWholeNumber(1, kMaxChildren, text);
  }
  static std::string Print(Value value) { return absl::StrCat(value); }
};

}  // namespace cowbench::axis

#endif  // COWBENCH_LIB_SUITE_AXES_CHILDREN_H_
