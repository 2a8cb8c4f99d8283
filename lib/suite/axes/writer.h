#ifndef COWBENCH_LIB_SUITE_AXES_WRITER_H_
#define COWBENCH_LIB_SUITE_AXES_WRITER_H_

#include "absl/strings/string_view.h"
#include "lib/fork/fork_options.h"
#include "lib/suite/axis.h"

namespace cowbench::axis {

// Who runs the pattern.
struct Writer : AxisOfNames<Writer, cowbench::Writer> {
  static constexpr Value kDefault = Value::kChild;
  static constexpr absl::string_view kName = "writer";
  static constexpr absl::string_view kFlag = "writers";
  static constexpr absl::string_view kHelp =
      "Who runs the pattern: child, or parent while the children sit still, "
      "as a server does that writes snapshots.";
  static constexpr bool kOfDataSet = false;
  static constexpr Named<Value> kNames[] = {{"child", Value::kChild},
                                            {"parent", Value::kParent}};
};

}  // namespace cowbench::axis

#endif  // COWBENCH_LIB_SUITE_AXES_WRITER_H_
