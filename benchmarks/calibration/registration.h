// Registers the benchmarks of //benchmarks:overhead.
#ifndef COWBENCH_BENCHMARKS_CALIBRATION_REGISTRATION_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_REGISTRATION_H_

#include <cstdint>
#include <string>
#include <type_traits>

#include "benchmark/benchmark.h"
#include "benchmarks/calibration/series.h"

namespace cowbench {

inline constexpr uint64_t kMiB = uint64_t{1} << 20;
inline constexpr double kGiB = 1024.0 * kMiB;

// On a host with other guests, single iterations differ by tens of percent. It
// takes many iterations until the median of a ratio varies only by a few
// percent.
inline constexpr int kManyIterations = Series::kMaxValues;
inline int IterationsFor(uint64_t bytes) {
  return bytes <= 64 * kMiB ? kManyIterations : bytes <= 1024 * kMiB ? 61 : 11;
}

// If less than `bytes` of memory are available, skips the benchmark as
// unavailable and returns true.
bool SkipWithoutMemory(uint64_t bytes, benchmark::State& state);

// Registers a benchmark that calls `run(state, arguments...)`.
template <typename... Arguments>
void Register(const std::string& name, int iterations,
              void (*run)(benchmark::State&, Arguments...),
              std::type_identity_t<Arguments>... arguments) {
  benchmark::RegisterBenchmark(
      name.c_str(), [=](benchmark::State& state) { run(state, arguments...); })
      ->Iterations(iterations)
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
}

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_REGISTRATION_H_
