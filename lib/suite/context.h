// What a reader of the results must know about where they come from.
#ifndef COWBENCH_LIB_SUITE_CONTEXT_H_
#define COWBENCH_LIB_SUITE_CONTEXT_H_

#include <string>
#include <utility>
#include <vector>

namespace cowbench {

using ContextItems = std::vector<std::pair<std::string, std::string>>;

// Machine, kernel, compiler and source: key and value, for the "context" of
// Google Benchmark's JSON. What cannot be found out is left out.
ContextItems EnvironmentContext();

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_CONTEXT_H_
