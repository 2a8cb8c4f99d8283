#ifndef COWBENCH_LIB_SUITE_AXES_THP_H_
#define COWBENCH_LIB_SUITE_AXES_THP_H_

#include "absl/strings/string_view.h"
#include "lib/subject/protocol.h"
#include "lib/suite/axis.h"

namespace cowbench::axis {

// What is done about transparent huge pages.
struct Thp : AxisOfNames<Thp, HugePages> {
  static constexpr Value kDefault = Value::kSystem;
  static constexpr absl::string_view kName = "thp";
  static constexpr absl::string_view kFlag = "thp";
  static constexpr absl::string_view kHelp =
      "Transparent huge pages: system (as it is set up), never, or always, "
      "which puts the data set into huge pages before the fork.";
  static constexpr bool kOfDataSet = true;
  static constexpr Named<Value> kNames[] = {{"system", Value::kSystem},
                                            {"never", Value::kNever},
                                            {"always", Value::kAlways}};
};

}  // namespace cowbench::axis

#endif  // COWBENCH_LIB_SUITE_AXES_THP_H_
