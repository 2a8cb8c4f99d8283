// Who is to blame for copies: sums over mappings, functions and call paths, and
// the cause in a sentence.
#ifndef COWBENCH_LIB_TRACE_BLAME_H_
#define COWBENCH_LIB_TRACE_BLAME_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "lib/trace/report.h"
#include "lib/trace/symbols.h"

namespace cowbench::trace {

// A part of the copies that all processes of a report have made.
struct Blamed {
  std::vector<std::string> names;  // a path has several, the innermost first
  uint64_t pages = 0;
};

struct Blame {
  uint64_t pages = 0;
  // The largest first.
  std::vector<Blamed> mappings;
  std::vector<Blamed> functions;  // that made the writes
  std::vector<Blamed> paths;
};

Blame BlameOf(const Report& report, Symbols& symbols);

// Such as "4 children copied 31.8 MiB each, 98 % of it in unnamed memory, 92 %
// by list_next, called by PyEval_EvalFrame." Empty if nothing was copied.
std::string CauseOf(const Report& report, const Blame& blame);

// One line for each call path, "outer;inner bytes", which flame graphs are made
// of.
void WriteFolded(const Blame& blame, uint64_t page_size, std::ostream& out);

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_BLAME_H_
