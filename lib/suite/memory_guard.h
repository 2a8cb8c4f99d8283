// Refuses cases that do not fit into memory.
#ifndef COWBENCH_LIB_SUITE_MEMORY_GUARD_H_
#define COWBENCH_LIB_SUITE_MEMORY_GUARD_H_

#include <cstdint>

#include "absl/status/status.h"
#include "lib/suite/matrix.h"

namespace cowbench {

// An upper bound of the bytes of the data set, of what its heap holds before it
// is built, and of its threads, for the least compact allocator. In huge pages,
// the first and the last one count in full.
uint64_t MemoryOfDataSet(const Case& c);

// An upper bound of the bytes of all writers' copies of a data set of
// `data_set_bytes`. Each writer that writes may copy all of it, and if the
// pattern replaces or adds elements, may need as much again.
uint64_t MemoryOfCopies(const Case& c, uint64_t data_set_bytes);

// An upper bound of both together, before the data set is built.
uint64_t NeededMemory(const Case& c);

// Errors: kResourceExhausted, saying how much is needed and available.
absl::Status CheckMemory(uint64_t needed);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_MEMORY_GUARD_H_
