// The final output: a table of children, totals, and the cause in a sentence.
#ifndef COWBENCH_LIB_TRACE_TABLE_H_
#define COWBENCH_LIB_TRACE_TABLE_H_

#include <string>

#include "lib/trace/blame.h"
#include "lib/trace/report.h"

namespace cowbench::trace {

// Returns lines of at most 80 columns. Children that executed a program share
// one line; if there are many others, only those that copied most are shown.
std::string Table(const Report& report, const Blame& blame);

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_TABLE_H_
