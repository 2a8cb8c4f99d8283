// The catalog of //benchmarks:cow with one more layout and one more pattern.
#ifndef COWBENCH_BENCHMARKS_TESTING_EXTENDED_H_
#define COWBENCH_BENCHMARKS_TESTING_EXTENDED_H_

#include "lib/workload/workload.h"

namespace cowbench {

// The layout `records` of CONTRIBUTING.md is the first one. The pattern
// `nothing` is the first one of every layout.
workload::Catalog MakeExtendedCatalog();

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_TESTING_EXTENDED_H_
