// The array of a benchmark. It outlives the benchmark, because the next one may
// need the same.
#ifndef COWBENCH_BENCHMARKS_CALIBRATION_PREPARED_ARRAY_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_PREPARED_ARRAY_H_

#include <cstdint>

#include "benchmark/benchmark.h"
#include "lib/workload/array.h"

namespace cowbench {

// Returns an array of this size in consecutive frames. If there is not enough
// memory for it and for the bytes that will be copied, skips the benchmark and
// returns null.
workload::Array* PrepareArray(uint64_t bytes, uint64_t copied,
                              benchmark::State& state);

// Frees its memory.
void ReleaseArray();

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_PREPARED_ARRAY_H_
