// The array that a benchmark works on. It outlives the benchmark, because the
// next one may have use for it.
#ifndef COWBENCH_BENCHMARKS_CALIBRATION_PREPARED_ARRAY_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_PREPARED_ARRAY_H_

#include <cstdint>

#include "benchmark/benchmark.h"
#include "lib/workload/array.h"

namespace cowbench {

// An array of this size in consecutive frames. Null, and the benchmark is
// skipped, where there is no memory for it and for the bytes that will be
// copied.
workload::Array* PrepareArray(uint64_t bytes, uint64_t copied,
                              benchmark::State& state);

// Frees its memory.
void ReleaseArray();

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_PREPARED_ARRAY_H_
