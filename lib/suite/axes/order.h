#ifndef COWBENCH_LIB_SUITE_AXES_ORDER_H_
#define COWBENCH_LIB_SUITE_AXES_ORDER_H_

#include "absl/strings/string_view.h"
#include "lib/suite/axis.h"
#include "lib/workload/touch.h"
#include "lib/workload/workload.h"

namespace cowbench::axis {

// In which order the pattern visits the elements.
struct Order : AxisOfNames<Order, workload::Order> {
  static constexpr Value kDefault = Value::kSequential;
  static constexpr absl::string_view kName = "order";
  static constexpr absl::string_view kFlag = "order";
  static constexpr absl::string_view kHelp =
      "The order in which elements are touched: sequential, or shuffled, which "
      "changes times but not what is copied.";
  static constexpr bool kOfDataSet = false;
  static constexpr Named<Value> kNames[] = {{"sequential", Value::kSequential},
                                            {"shuffled", Value::kShuffled}};

  static bool Allows(Value value, const workload::LayoutEntry& layout,
                     const workload::PatternEntry&) {
    return value == kDefault || layout.random_access;
  }
};

}  // namespace cowbench::axis

#endif  // COWBENCH_LIB_SUITE_AXES_ORDER_H_
