// The subject: the process that owns the data set and forks.
#ifndef COWBENCH_LIB_SUBJECT_SUBJECT_MAIN_H_
#define COWBENCH_LIB_SUBJECT_SUBJECT_MAIN_H_

#include "absl/strings/string_view.h"
#include "lib/workload/workload.h"

namespace cowbench {

// Serves the driver at kSubjectSocket until it closes its end, and returns
// the exit status. `runtime` is what the counts depend on beside the allocator
// and is recorded with its version, such as "CPython 3.11.2".
//
// Whatever this code allocates lies in the heap under test. It allocates only
// before the data set is built, the same for every case and every catalog, and
// after an error, which ends the use of this subject.
int SubjectMain(workload::Catalog catalog, absl::string_view runtime = "");

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUBJECT_SUBJECT_MAIN_H_
