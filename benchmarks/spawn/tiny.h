#ifndef COWBENCH_BENCHMARKS_SPAWN_TINY_H_
#define COWBENCH_BENCHMARKS_SPAWN_TINY_H_

namespace cowbench {

// The descriptor that the program writes to: CLOCK_MONOTONIC in nanoseconds, 8
// bytes, when it has begun to run.
inline constexpr int kStartPipe = 3;

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_SPAWN_TINY_H_
