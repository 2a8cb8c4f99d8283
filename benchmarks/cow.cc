// Measures all combinations of layouts, patterns, sizes and allocators.
//
// One iteration forks, runs the pattern in every child, counts the pages that
// each child copied, and reaps the children. Not measured: building the data
// set, reading page states, and the first fork of each case.
#include "lib/suite/axes.h"
#include "lib/suite/matrix.h"
#include "lib/suite/suite_main.h"
#include "lib/workload/catalog.h"

namespace cowbench {
namespace {

// What a data set in a heap of its own, built by one thread, leaves out.
void SetHeaps(Axes* axes) {
  axes->layouts = {"boxed", "string"};
  axes->patterns = {"write", "free"};
  axes->sizes = {uint64_t{1} << 20};
  axes->Get<axis::Touch>() = {*ParsePercent("1"), Percent()};
  axes->Get<axis::BeforeFork>() = {BeforeFork::kNothing, BeforeFork::kRelease,
                                   BeforeFork::kCompact};
  axes->Get<axis::Element>() = {axis::Element::kDefault, 256};
  axes->Get<axis::Heap>() = {workload::Heap::kFresh, workload::Heap::kHoled,
                             workload::Heap::kAged};
  axes->Get<axis::Builders>() = {1, 8};
  axes->Get<axis::Threads>() = {0, 8};
}

constexpr Preset kPresets[] = {{"heaps", SetHeaps}};

}  // namespace
}  // namespace cowbench

int main(int argc, char** argv) {
  return cowbench::SuiteMain(argc, argv,
                             {.catalog = cowbench::workload::MakeCatalog(),
                              .allocators = COWBENCH_ALLOCATORS,
                              .subject_prefix = "lib/subject/subject_",
                              .presets = cowbench::kPresets});
}
