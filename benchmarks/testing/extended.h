// The catalog of //benchmarks:cow with a layout and a pattern more.
#ifndef COWBENCH_BENCHMARKS_TESTING_EXTENDED_H_
#define COWBENCH_BENCHMARKS_TESTING_EXTENDED_H_

#include "lib/workload/workload.h"

namespace cowbench {

// The layout `records` of CONTRIBUTING.md comes first, and every layout has the
// pattern `nothing`, before all others.
workload::Catalog MakeExtendedCatalog();

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_TESTING_EXTENDED_H_
