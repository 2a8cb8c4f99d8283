// Describes where results come from, for those who read them.
#ifndef COWBENCH_LIB_SUITE_CONTEXT_H_
#define COWBENCH_LIB_SUITE_CONTEXT_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace cowbench {

inline constexpr char kRandomizationKey[] = "address_space_randomization";
inline constexpr char kAllocatorPrefix[] = "allocator_";
// Before the name of an allocator variant; the value is the name of its base.
inline constexpr char kVariantPrefix[] = "variant_";

using ContextItems = std::vector<std::pair<std::string, std::string>>;

// Machine, kernel, compiler and source: keys and values for the "context" of
// Google Benchmark's JSON. Leaves out what is unknown.
ContextItems EnvironmentContext();

// Whether a user may add these keys to the context. Errors: kInvalidArgument
// for a key in `ours` or one of Google Benchmark's.
absl::Status CheckContextKeys(const std::vector<std::string>& keys,
                              const ContextItems& ours);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_CONTEXT_H_
