// How much memory a case may need, and how much there is.
#ifndef COWBENCH_LIB_SUITE_MEMORY_H_
#define COWBENCH_LIB_SUITE_MEMORY_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "lib/suite/matrix.h"

namespace cowbench {

// Bytes that this process and its children may still take up: MemAvailable
// (proc(5)), or what is left below the limit of a memory cgroup, v1 or v2,
// where that is less. `root` stands before /proc and /sys, for tests.
uint64_t AvailableMemory(const std::string& root = "");

// The worst case: the data set, unless it is there already, as the least
// compact allocator stores it, and a copy of it in every writer if the pattern
// writes at all.
uint64_t NeededMemory(const Case& c, bool data_set_exists);

// Errors: kResourceExhausted, saying how much is needed and available.
absl::Status CheckMemory(const Case& c, bool data_set_exists);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_MEMORY_H_
