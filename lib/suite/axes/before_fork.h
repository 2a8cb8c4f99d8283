#ifndef COWBENCH_LIB_SUITE_AXES_BEFORE_FORK_H_
#define COWBENCH_LIB_SUITE_AXES_BEFORE_FORK_H_

#include "absl/strings/string_view.h"
#include "lib/subject/protocol.h"
#include "lib/suite/axis.h"

namespace cowbench::axis {

// What the subject does once the data set is built, before the first fork.
struct BeforeFork : AxisOfNames<BeforeFork, cowbench::BeforeFork> {
  static constexpr Value kDefault = Value::kNothing;
  static constexpr absl::string_view kName = "before_fork";
  static constexpr absl::string_view kFlag = "before_fork";
  static constexpr absl::string_view kHelp =
      "What the parent does before it forks: nothing, or release, which asks "
      "the allocator to give its free memory back to the kernel.";
  static constexpr bool kOfDataSet = true;
  static constexpr Named<Value> kNames[] = {{"nothing", Value::kNothing},
                                            {"release", Value::kRelease}};
};

}  // namespace cowbench::axis

#endif  // COWBENCH_LIB_SUITE_AXES_BEFORE_FORK_H_
