// Threads that the subject has beside the one that forks.
#ifndef COWBENCH_LIB_SUBJECT_PARKED_THREADS_H_
#define COWBENCH_LIB_SUBJECT_PARKED_THREADS_H_

#include "absl/status/status.h"

namespace cowbench {

// Starts threads, each of which allocates and frees a block, so that the
// allocator keeps a cache for it, and then sleeps for the rest of the process's
// life. Returns when all of them sleep: from there on, they write to nothing
// (lib/fork/fork_runner.h). Errors: kResourceExhausted.
absl::Status ParkThreads(int threads);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUBJECT_PARKED_THREADS_H_
