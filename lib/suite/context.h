// What a reader of the results must know about where they come from.
#ifndef COWBENCH_LIB_SUITE_CONTEXT_H_
#define COWBENCH_LIB_SUITE_CONTEXT_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace cowbench {

inline constexpr char kRandomizationKey[] = "address_space_randomization";
inline constexpr char kAllocatorPrefix[] = "allocator_";

using ContextItems = std::vector<std::pair<std::string, std::string>>;

// Machine, kernel, compiler and source: key and value, for the "context" of
// Google Benchmark's JSON. What cannot be found out is left out.
ContextItems EnvironmentContext();

// Whether a user may add these keys to the results beside `ours`. Errors:
// kInvalidArgument for a key of ours or of Google Benchmark's own.
absl::Status CheckContextKeys(const std::vector<std::string>& keys,
                              const ContextItems& ours);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_CONTEXT_H_
