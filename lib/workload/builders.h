// Threads that build a data set together.
#ifndef COWBENCH_LIB_WORKLOAD_BUILDERS_H_
#define COWBENCH_LIB_WORKLOAD_BUILDERS_H_

#include <cstdint>

#include "absl/functional/function_ref.h"

namespace cowbench::workload {

inline constexpr int kMaxBuilders = 64;

// How many elements a builder makes in one turn. Handing over a turn takes
// longer than making one element.
inline constexpr uint64_t kElementsOfTurn = 64;

// Calls `make(i)` once for each i < elements, in thread i % builders. All
// threads exist before the first element is made and end after the last one.
// They take turns of 64 elements, so that the allocator behaves the same
// whatever the scheduler does. A single builder is the calling thread.
//
// Throws what `make` throws, and std::runtime_error if it cannot start a
// thread.
void DealToBuilders(int builders, uint64_t elements,
                    absl::FunctionRef<void(uint64_t)> make);

// Calls `work()` in a new thread and waits for its end. Throws like
// DealToBuilders().
void InThreadOfItsOwn(absl::FunctionRef<void()> work);

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_BUILDERS_H_
