// The axes that say how a data set is built and what happens before the fork.
// lib/suite/axes.h lists all axes.
#ifndef COWBENCH_LIB_SUITE_HEAP_AXES_H_
#define COWBENCH_LIB_SUITE_HEAP_AXES_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/subject/protocol.h"
#include "lib/suite/axis.h"
#include "lib/suite/flag_values.h"
#include "lib/workload/build.h"
#include "lib/workload/workload.h"

namespace cowbench::axis {

// What the subject does between the build and the first fork.
struct BeforeFork : AxisOfNames<BeforeFork, cowbench::BeforeFork> {
  static constexpr Value kDefault = Value::kNothing;
  static constexpr absl::string_view kName = "before_fork";
  static constexpr absl::string_view kFlag = "before_fork";
  static constexpr absl::string_view kHelp =
      "What the parent does before it forks: nothing; release, which asks the "
      "allocator to give its free memory back to the kernel; or compact, which "
      "allocates all elements anew, in a new thread, and frees the old ones.";
  static constexpr bool kOfDataSet = true;
  static constexpr Named<Value> kNames[] = {{"nothing", Value::kNothing},
                                            {"release", Value::kRelease},
                                            {"compact", Value::kCompact}};

  static bool Allows(Value value, const workload::LayoutEntry& layout,
                     const workload::PatternEntry&) {
    return value != Value::kCompact || layout.elementwise != nullptr;
  }
};

// How much memory each element requests; 0 for the size that its layout needs.
struct Element {
  using Value = uint64_t;
  static constexpr Value kDefault = 0;
  static constexpr absl::string_view kName = "element";
  static constexpr absl::string_view kFlag = "element";
  static constexpr absl::string_view kHelp =
      "Bytes that each element requests, where they are allocated one by one, "
      "such as own,64,4096: own is what the layout needs.";
  static constexpr bool kOfDataSet = true;

  static absl::StatusOr<Value> Parse(absl::string_view text) {
    if (text == "own") {
      return kDefault;
    }
    const absl::StatusOr<int> bytes = ParseWholeNumber(16, 65536, text);
    if (!bytes.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(bytes.status().message(), ", nor own"));
    }
    return static_cast<Value>(*bytes);
  }
  static std::string Print(Value value) {
    return value == kDefault ? "own" : absl::StrCat(value);
  }
  static bool Allows(Value value, const workload::LayoutEntry& layout,
                     const workload::PatternEntry&) {
    return value == kDefault ||
           (layout.elementwise != nullptr &&
            layout.elementwise->least_element_bytes > 0 &&
            layout.elementwise->least_element_bytes <= value);
  }
};

// The state of the heap in which the data set is built.
struct Heap : AxisOfNames<Heap, workload::Heap> {
  static constexpr Value kDefault = Value::kFresh;
  static constexpr absl::string_view kName = "heap";
  static constexpr absl::string_view kFlag = "heap";
  static constexpr absl::string_view kHelp =
      "The heap around the elements: fresh; holed, where each had a neighbour "
      "of its size that was freed; or aged, where other blocks came and went "
      "before and meanwhile, until half of the peak is left.";
  static constexpr bool kOfDataSet = true;
  static constexpr Named<Value> kNames[] = {{"fresh", Value::kFresh},
                                            {"holed", Value::kHoled},
                                            {"aged", Value::kAged}};

  static bool Allows(Value value, const workload::LayoutEntry& layout,
                     const workload::PatternEntry&) {
    return value == kDefault || layout.elementwise != nullptr;
  }
};

// How many threads build the data set.
struct Builders : AxisOfNumbers<Builders> {
  static constexpr Value kDefault = 1;
  static constexpr Value kLeast = 1;
  static constexpr Value kMost = workload::kMaxBuilders;
  static constexpr absl::string_view kName = "builders";
  static constexpr absl::string_view kFlag = "builders";
  static constexpr absl::string_view kHelp =
      "Threads that build the data set, elements dealt to them in turn, and "
      "end before the fork, such as 1,8; 1..8 for 1,2,4,8.";
  static constexpr int kRangeFactor = 2;
  static constexpr bool kOfDataSet = true;

  static bool Allows(Value value, const workload::LayoutEntry& layout,
                     const workload::PatternEntry&) {
    return value == kDefault || layout.elementwise != nullptr;
  }
};

// How many additional threads the parent has when it forks.
struct Threads : AxisOfNumbers<Threads> {
  static constexpr Value kDefault = 0;
  static constexpr Value kLeast = 0;
  static constexpr Value kMost = kMaxParkedThreads;
  static constexpr absl::string_view kName = "threads";
  static constexpr absl::string_view kFlag = "threads";
  static constexpr absl::string_view kHelp =
      "Threads of the parent that have used the allocator and sleep while it "
      "forks, such as 0,8.";
  static constexpr bool kOfDataSet = true;
};

}  // namespace cowbench::axis

#endif  // COWBENCH_LIB_SUITE_HEAP_AXES_H_
