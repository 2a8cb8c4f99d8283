// The kernel's own count of copies on write: wpcopy_count of taskstats
// (Documentation/accounting/taskstats-struct.rst; counted in wp_page_copy,
// mm/memory.c). It includes copies of file pages and of the zero page.
//
// Needs CAP_NET_ADMIN, Linux 6.0, and kernel.task_delayacct=1 (sysctl) before
// the process is forked. Without that sysctl, the count stays 0.
#ifndef COWBENCH_LIB_PROBE_COPY_COUNT_H_
#define COWBENCH_LIB_PROBE_COPY_COUNT_H_

#include <sys/types.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cowbench::probe {

// Whether kernel.task_delayacct is on. Errors: kFailedPrecondition, saying how
// to switch it on.
absl::Status CopiesAreCounted();

// Copies by one thread, and by all threads of a process, since it was forked.
// Allocates nothing. Errors: kPermissionDenied, kUnavailable on an older
// kernel.
absl::StatusOr<uint64_t> CopyCountOfThread(pid_t thread);
absl::StatusOr<uint64_t> CopyCountOfProcess(pid_t process);

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_COPY_COUNT_H_
