// Names of functions, by elfutils' libdw, and by the maps that programs which
// make code write for perf(1): /tmp/perf-<pid>.map (perf's
// tools/perf/Documentation/jit-interface.txt), where that is a regular file of
// the process's user, of ours or of root's.
#ifndef COWBENCH_LIB_TRACE_SYMBOLS_H_
#define COWBENCH_LIB_TRACE_SYMBOLS_H_

#include <memory>
#include <string>
#include <vector>

#include "lib/trace/places.h"

namespace cowbench::trace {

// What nothing is known of.
inline constexpr char kUnknownName[] = "[unknown]";

class Symbols {
 public:
  explicit Symbols(const Places& places);
  Symbols(const Symbols&) = delete;
  Symbols& operator=(const Symbols&) = delete;
  ~Symbols();

  // The function that a place lies in. In brackets where it has no name: the
  // file and where in it the function begins, such as "[python3.11+0x1f2e0]",
  // or kUnknownName.
  const std::string& NameOf(uint64_t place);

 private:
  struct Modules;
  struct MadeCode;

  const Places& places_;
  std::unique_ptr<Modules> modules_;
  std::unique_ptr<MadeCode> made_code_;
  std::vector<std::string> names_;  // empty: not asked for
};

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_SYMBOLS_H_
