// A catalog whose patterns fail on purpose.
#ifndef COWBENCH_BENCHMARKS_TESTING_FAULTS_H_
#define COWBENCH_BENCHMARKS_TESTING_FAULTS_H_

#include "lib/workload/workload.h"

namespace cowbench {

// Layout `faults`: patterns `crash`, `exit`, `hang` befall the child that runs
// them, `kill_subject` and `stop_subject` its parent, `fine` nobody. Layout
// `unbuildable` runs out of memory when it is built, `crashes` crashes then.
workload::Catalog MakeFaultsCatalog();

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_TESTING_FAULTS_H_
