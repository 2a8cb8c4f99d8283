// The last screen: children, totals, and the cause in a sentence.
#ifndef COWBENCH_LIB_TRACE_TABLE_H_
#define COWBENCH_LIB_TRACE_TABLE_H_

#include <string>

#include "lib/trace/blame.h"
#include "lib/trace/report.h"

namespace cowbench::trace {

// Lines of at most 80 columns. Children that executed a program are folded
// into one line; of many others, those that copied most are shown.
std::string Table(const Report& report, const Blame& blame);

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_TABLE_H_
