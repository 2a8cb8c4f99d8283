// A catalog whose patterns fail on purpose.
#ifndef COWBENCH_BENCHMARKS_TESTING_FAULTS_H_
#define COWBENCH_BENCHMARKS_TESTING_FAULTS_H_

#include "lib/workload/workload.h"

namespace cowbench {

// Layout `faults`: `crash`, `exit` and `hang` end or stop the child that runs
// them, `kill_subject` and `stop_subject` end or stop its parent, and `fine`
// does nothing. Building the layout `unbuildable` runs out of memory; building
// `crashes` crashes.
workload::Catalog MakeFaultsCatalog();

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_TESTING_FAULTS_H_
