// Threads that build a data set together.
#ifndef COWBENCH_LIB_WORKLOAD_BUILDERS_H_
#define COWBENCH_LIB_WORKLOAD_BUILDERS_H_

#include <cstdint>

#include "absl/functional/function_ref.h"

namespace cowbench::workload {

inline constexpr int kMaxBuilders = 64;

// Made by a builder before the next one goes on: to hand a turn over takes
// longer than to make one element.
inline constexpr uint64_t kElementsOfTurn = 64;

// Calls `make(i)` once for each i < elements, in thread i % builders. All
// threads are there when the first element is made, and end after the last one.
// They take turns, so that what an allocator does does not depend on the
// scheduler: one makes 64 of its elements, in order, then the next. One builder
// is the caller itself.
//
// Throws what `make` throws, and std::runtime_error when there can be no
// thread.
void DealToBuilders(int builders, uint64_t elements,
                    absl::FunctionRef<void(uint64_t)> make);

// Calls `work()` in a thread that ends with it, and throws like the above.
void InThreadOfItsOwn(absl::FunctionRef<void()> work);

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_BUILDERS_H_
