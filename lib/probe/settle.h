// Gets a process that was just forked out of its first moments, so that what
// is measured next is the workload and not the fork's aftermath.
#ifndef COWBENCH_LIB_PROBE_SETTLE_H_
#define COWBENCH_LIB_PROBE_SETTLE_H_

#include <cstddef>

#include "absl/status/status.h"

namespace cowbench::probe {

// Stack that Settle() makes this process's own, below the caller's frame.
// More of it costs a copy per page in every child; less may leave a workload
// that calls deeply with copies of its own stack.
inline constexpr size_t kSettledStackBytes = size_t{16} << 10;

// Writes to the stack below the caller and to thread-local storage: what any
// code that follows writes to. Enough for a process that keeps quiet itself.
void SettleStack();

// SettleStack(), and maps the pages of the program and its libraries that are
// never written (text, constants). fork() leaves the latter unmapped in the
// child (mm/memory.c, vma_needs_copy), and the first instructions executed
// there would count as the workload's faults.
// Errors: kInternal before Linux 5.14, which has no MADV_POPULATE_READ.
absl::Status Settle();

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_SETTLE_H_
