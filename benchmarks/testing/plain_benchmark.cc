// Shows what Google Benchmark itself does with its flags: one benchmark with
// the name and the iterations of a case of //benchmarks:cow.
#include "benchmark/benchmark.h"

int main(int argc, char** argv) {
  benchmark::RegisterBenchmark("cow/array/write/glibc/size:64KiB",
                               [](benchmark::State& state) {
                                 for ([[maybe_unused]] auto _ : state) {
                                   state.SetIterationTime(1e-3);
                                 }
                               })
      ->UseManualTime()
      ->Iterations(2);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
