// Says how exact a report's counts are.
#ifndef COWBENCH_LIB_TRACE_CERTAINTY_H_
#define COWBENCH_LIB_TRACE_CERTAINTY_H_

#include <string>

#include "lib/trace/report.h"

namespace cowbench::trace {

// Such as "Exact: the kernel's own count is the same for each child." Says
// "Exact" only where all faults were recorded and the kernel counted the same.
// Empty where the processes could not be inspected; a note in the report says
// so.
std::string CertaintyOf(const Report& report);

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_CERTAINTY_H_
