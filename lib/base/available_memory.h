// How much memory is available.
#ifndef COWBENCH_LIB_BASE_AVAILABLE_MEMORY_H_
#define COWBENCH_LIB_BASE_AVAILABLE_MEMORY_H_

#include <cstdint>
#include <string>

namespace cowbench {

// Bytes that this process and its children can still use: MemAvailable
// (proc(5)), or what a memory cgroup (v1 or v2) leaves them if that is less.
// Tests put their own `root` in front of /proc and /sys.
uint64_t AvailableMemory(const std::string& root = "");

}  // namespace cowbench

#endif  // COWBENCH_LIB_BASE_AVAILABLE_MEMORY_H_
