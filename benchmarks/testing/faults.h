// A catalog whose patterns fail on purpose.
#ifndef COWBENCH_BENCHMARKS_TESTING_FAULTS_H_
#define COWBENCH_BENCHMARKS_TESTING_FAULTS_H_

#include "lib/workload/workload.h"

namespace cowbench {

// Layout `faults`: `crash`, `exit` and `hang` end or stop the child that runs
// them, `kill_subject` and `stop_subject` its parent; `fine` does nothing.
// Layout `unbuildable` runs out of memory when it is built, `crashes` crashes.
workload::Catalog MakeFaultsCatalog();

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_TESTING_FAULTS_H_
