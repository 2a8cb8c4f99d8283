// How much memory there is.
#ifndef COWBENCH_LIB_BASE_AVAILABLE_MEMORY_H_
#define COWBENCH_LIB_BASE_AVAILABLE_MEMORY_H_

#include <cstdint>
#include <string>

namespace cowbench {

// Bytes that this process and its children may still take up: MemAvailable
// (proc(5)), or what is left below the limit of a memory cgroup, v1 or v2,
// where that is less. `root` stands before /proc and /sys, for tests.
uint64_t AvailableMemory(const std::string& root = "");

}  // namespace cowbench

#endif  // COWBENCH_LIB_BASE_AVAILABLE_MEMORY_H_
