// Refuses what does not fit into memory, before it is tried.
#ifndef COWBENCH_LIB_SUITE_MEMORY_GUARD_H_
#define COWBENCH_LIB_SUITE_MEMORY_GUARD_H_

#include <cstdint>

#include "absl/status/status.h"
#include "lib/suite/matrix.h"

namespace cowbench {

// Bytes that the data set takes up as the least compact allocator stores it;
// in huge pages, with those that are filled up at its ends.
uint64_t MemoryOfDataSet(const Case& c);

// Bytes that the writers' copies take up in the worst case, where the data set
// takes up `data_set_bytes`: as much in every writer if the pattern writes at
// all, and as much again if it replaces or adds elements.
uint64_t MemoryOfCopies(const Case& c, uint64_t data_set_bytes);

// An upper bound of both, before the data set is there to be measured.
uint64_t NeededMemory(const Case& c);

// Errors: kResourceExhausted, saying how much is needed and available.
absl::Status CheckMemory(uint64_t needed);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_MEMORY_GUARD_H_
