// Writes reports as rows of Google Benchmark's JSON, which all scripts read.
#ifndef COWBENCH_LIB_TRACE_ROWS_H_
#define COWBENCH_LIB_TRACE_ROWS_H_

#include <ostream>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "lib/trace/report.h"

namespace cowbench::trace {

// Writes the rows program/<name> and program/<name>/child:<n> for each report;
// several reports are repetitions of one command. The context has the
// descriptions `counters` and `axes` for scripts. Returns false if the stream
// cannot be written to.
bool WriteRows(const std::string& name, absl::Span<const Report> reports,
               std::ostream& out);

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_ROWS_H_
