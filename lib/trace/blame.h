// Attributes copies to code: totals for each mapping, function and call path,
// and the cause in a sentence.
#ifndef COWBENCH_LIB_TRACE_BLAME_H_
#define COWBENCH_LIB_TRACE_BLAME_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "lib/trace/report.h"
#include "lib/trace/symbols.h"

namespace cowbench::trace {

// Some of the copies that the processes of a report made.
struct Blamed {
  std::vector<std::string> names;  // several for a path, the innermost first
  uint64_t pages = 0;
};

struct Blame {
  uint64_t pages = 0;
  // Each list is sorted, the largest first.
  std::vector<Blamed> mappings;
  std::vector<Blamed> functions;  // the function that wrote to the page
  std::vector<Blamed> paths;
};

Blame BlameOf(const Report& report, Symbols& symbols);

// Such as "4 children copied 31.8 MiB each, 98 % of it in unnamed memory, 92 %
// by list_next, called by PyEval_EvalFrame." Empty if nothing was copied.
std::string CauseOf(const Report& report, const Blame& blame);

// Writes one line for each call path, "outer;inner bytes": the folded format
// that flame graph tools read.
void WriteFolded(const Blame& blame, uint64_t page_size, std::ostream& out);

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_BLAME_H_
