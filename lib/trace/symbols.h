// Finds names of functions: with elfutils' libdw, and for generated code in the
// maps that JIT compilers write for perf(1), /tmp/perf-<pid>.map
// (tools/perf/Documentation/jit-interface.txt). A map must be a regular file
// that belongs to the user of the traced process, to our user or to root.
#ifndef COWBENCH_LIB_TRACE_SYMBOLS_H_
#define COWBENCH_LIB_TRACE_SYMBOLS_H_

#include <memory>
#include <string>
#include <vector>

#include "lib/trace/places.h"

namespace cowbench::trace {

// The name of a function about which nothing is known.
inline constexpr char kUnknownName[] = "[unknown]";

class Symbols {
 public:
  explicit Symbols(const Places& places);
  Symbols(const Symbols&) = delete;
  Symbols& operator=(const Symbols&) = delete;
  ~Symbols();

  // The function that contains the place. A function without a name is given in
  // brackets as its file and its offset there, such as "[python3.11+0x1f2e0]",
  // or as kUnknownName.
  const std::string& NameOf(uint64_t place);

 private:
  struct Modules;
  struct MadeCode;

  const Places& places_;
  std::unique_ptr<Modules> modules_;
  std::unique_ptr<MadeCode> made_code_;
  std::vector<std::string> names_;  // by place; empty: not looked up yet
};

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_SYMBOLS_H_
