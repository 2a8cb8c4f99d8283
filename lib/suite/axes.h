// The one list of axes. Layout, pattern, allocator and size are none: every id
// names them, and which there are is not known here.
#ifndef COWBENCH_LIB_SUITE_AXES_H_
#define COWBENCH_LIB_SUITE_AXES_H_

#include <string>

#include "lib/suite/axes/before_fork.h"
#include "lib/suite/axes/children.h"
#include "lib/suite/axes/order.h"
#include "lib/suite/axes/thp.h"
#include "lib/suite/axes/touch.h"
#include "lib/suite/axes/writer.h"
#include "lib/suite/axis.h"
#include "lib/suite/json_text.h"

namespace cowbench {

// A new one goes to the end: series that were recorded keep their ids.
using AllAxes = AxisList<axis::Touch, axis::Children, axis::Writer, axis::Order,
                         axis::Thp, axis::BeforeFork>;

// For the results' context, so that whoever reads an id knows what it leaves
// out: [{"name":"touch","default":"100"},...]
inline std::string AxesAsJson() {
  JsonList axes;
  AllAxes::ForEach([&axes]<typename Axis>(std::type_identity<Axis>) {
    axes.Add({{"name", Axis::kName}, {"default", Axis::Print(Axis::kDefault)}});
  });
  return axes.text();
}

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_AXES_H_
