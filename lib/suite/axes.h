// The axes and the one list of them. Layout, pattern, allocator and size are no
// axes: every id names them, and this file does not know their values.
#ifndef COWBENCH_LIB_SUITE_AXES_H_
#define COWBENCH_LIB_SUITE_AXES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/units.h"
#include "lib/fork/fork_options.h"
#include "lib/subject/protocol.h"
#include "lib/suite/axis.h"
#include "lib/suite/flag_values.h"
#include "lib/suite/heap_axes.h"
#include "lib/suite/json_text.h"
#include "lib/workload/touch.h"
#include "lib/workload/workload.h"

namespace cowbench {
namespace axis {

// How much of the data set the pattern touches.
struct Touch {
  using Value = Percent;
  static constexpr Value kDefault = {};
  static constexpr absl::string_view kName = "touch";
  static constexpr absl::string_view kFlag = "touch";
  static constexpr absl::string_view kHelp =
      "Percent of the elements that are touched, such as 0.1,10,100.";
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

// How many children exist at the same time.
struct Children : AxisOfNumbers<Children> {
  static constexpr Value kDefault = 1;
  static constexpr Value kLeast = 1;
  static constexpr Value kMost = kMaxChildren;
  static constexpr absl::string_view kName = "children";
  static constexpr absl::string_view kFlag = "children";
  static constexpr absl::string_view kHelp =
      "Children forked and running at the same time, such as 1,4; 1..8 for "
      "1,2,4,8.";
  static constexpr int kRangeFactor = 2;
  static constexpr bool kOfDataSet = false;
};

// Who runs the pattern.
struct Writer : AxisOfNames<Writer, cowbench::Writer> {
  static constexpr Value kDefault = Value::kChild;
  static constexpr absl::string_view kName = "writer";
  static constexpr absl::string_view kFlag = "writers";
  static constexpr absl::string_view kHelp =
      "Who runs the pattern: child; parent, while the children sit still, as "
      "a server does that writes snapshots; or parent_last, which is children "
      "first and then the parent, which alone is measured.";
  static constexpr bool kOfDataSet = false;
  static constexpr Named<Value> kNames[] = {
      {"child", Value::kChild},
      {"parent", Value::kParent},
      {"parent_last", Value::kParentLast}};

  // A pattern with `then` already runs in the parent last.
  static bool Allows(Value value, const workload::LayoutEntry&,
                     const workload::PatternEntry& pattern) {
    return value != Value::kParentLast || pattern.then.empty();
  }
};

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

// The setting of transparent huge pages.
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

// Which elements the pattern touches if it does not touch all.
struct Spread : AxisOfNames<Spread, workload::Spread> {
  static constexpr Value kDefault = Value::kEven;
  static constexpr absl::string_view kName = "spread";
  static constexpr absl::string_view kFlag = "spread";
  static constexpr absl::string_view kHelp =
      "Which elements a --touch below 100 selects: even (one in so many), "
      "clustered (the first ones), random, or zipf (those that were made first "
      "most often).";
  static constexpr bool kOfDataSet = false;
  static constexpr Named<Value> kNames[] = {{"even", Value::kEven},
                                            {"clustered", Value::kClustered},
                                            {"random", Value::kRandom},
                                            {"zipf", Value::kZipf}};

  static bool Allows(Value value, const workload::LayoutEntry&,
                     const workload::PatternEntry& pattern) {
    return value == kDefault || pattern.takes_spread;
  }
  // If all elements are touched, every spread selects the same ones.
  template <typename Point>
  static bool AllowsBeside(const Point& point) {
    return point.template Get<Spread>() == kDefault ||
           !(point.template Get<Touch>() == Touch::kDefault);
  }
};

}  // namespace axis

// Add a new axis at the end, so that recorded results keep their ids.
using AllAxes = AxisList<axis::Touch, axis::Children, axis::Writer, axis::Order,
                         axis::Thp, axis::BeforeFork, axis::Element, axis::Heap,
                         axis::Builders, axis::Threads, axis::Spread>;

// The defaults, for the context of the results: a reader of an id then knows
// the values that the id leaves out. [{"name":"touch","default":"100"},...]
inline std::string AxesAsJson() {
  JsonList axes;
  AllAxes::ForEach([&axes]<typename Axis>(std::type_identity<Axis>) {
    axes.Add({{"name", Axis::kName}, {"default", Axis::Print(Axis::kDefault)}});
  });
  return axes.text();
}

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_AXES_H_
