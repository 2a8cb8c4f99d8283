#ifndef COWBENCH_LIB_SUITE_AXES_TOUCH_H_
#define COWBENCH_LIB_SUITE_AXES_TOUCH_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/units.h"
#include "lib/workload/workload.h"

namespace cowbench::axis {

// How much of the data set the pattern visits.
struct Touch {
  using Value = Percent;
  static constexpr Value kDefault = {};
  static constexpr absl::string_view kName = "touch";
  static constexpr absl::string_view kFlag = "touch";
  static constexpr absl::string_view kHelp =
      "Percent of the elements that are touched, evenly spread, such as "
      "0.1,10,100.";
  static constexpr bool kOfDataSet = false;

  static absl::StatusOr<Value> Parse(absl::string_view text) {
    return ParsePercent(text);
  }
  static std::string Print(Value value) { return FormatPercent(value); }
  static bool Allows(Value value, const workload::LayoutEntry&,
                     const workload::PatternEntry& pattern) {
    return value == kDefault || pattern.takes_touch;
  }
};

}  // namespace cowbench::axis

#endif  // COWBENCH_LIB_SUITE_AXES_TOUCH_H_
