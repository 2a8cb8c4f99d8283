#ifndef COWBENCH_BENCHMARKS_SPAWN_TINY_H_
#define COWBENCH_BENCHMARKS_SPAWN_TINY_H_

namespace cowbench {

// The descriptor to which the program writes the time when it began to run: 8
// bytes, CLOCK_MONOTONIC in nanoseconds.
inline constexpr int kStartPipe = 3;

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_SPAWN_TINY_H_
