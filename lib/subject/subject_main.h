// The subject: the process that owns the data set and forks.
#ifndef COWBENCH_LIB_SUBJECT_SUBJECT_MAIN_H_
#define COWBENCH_LIB_SUBJECT_SUBJECT_MAIN_H_

#include "absl/strings/string_view.h"
#include "lib/workload/workload.h"

namespace cowbench {

// Answers the driver's requests at kSubjectSocket until the driver closes its
// end. Returns the exit status. `runtime`, such as "CPython 3.11.2", is
// recorded with the allocator's version, because counts depend on it, too.
//
// This code allocates from the heap under test. It does so only before the data
// set is built, in the same way for every case and catalog, and after an error,
// when the subject is no longer used.
int SubjectMain(workload::Catalog catalog, absl::string_view runtime = "");

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUBJECT_SUBJECT_MAIN_H_
