// Takes the faults that every process takes right after a fork, so that they
// are not counted as the workload's.
#ifndef COWBENCH_LIB_PROBE_SETTLE_H_
#define COWBENCH_LIB_PROBE_SETTLE_H_

#include <cstddef>

#include "absl/status/status.h"

namespace cowbench::probe {

// Bytes of stack below the caller's frame that Settle() makes private. More of
// it costs a copy per page in every child. With less, a workload with deep
// calls may copy pages of its own stack.
inline constexpr size_t kSettledStackBytes = size_t{16} << 10;

// Writes to the stack below the caller and to thread-local storage, as all code
// does. This is enough for a process that runs no workload.
void SettleStack();

// Does the same, and maps the pages of the program and its libraries that are
// never written (text, constants). fork() leaves them unmapped in the child
// (mm/memory.c, vma_needs_copy), and the first use of each would count as the
// workload's fault.
// Errors: kInternal before Linux 5.14, which has no MADV_POPULATE_READ.
absl::Status Settle();

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_SETTLE_H_
