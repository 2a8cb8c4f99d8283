// How far a report's counts can be trusted.
#ifndef COWBENCH_LIB_TRACE_CERTAINTY_H_
#define COWBENCH_LIB_TRACE_CERTAINTY_H_

#include <string>

#include "lib/trace/report.h"

namespace cowbench::trace {

// Such as "Exact: the kernel's own count is the same for each child." Exact is
// said only where all faults were watched, and the kernel's count is the same.
// Empty where processes could not be looked at, which a note says.
std::string CertaintyOf(const Report& report);

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_CERTAINTY_H_
