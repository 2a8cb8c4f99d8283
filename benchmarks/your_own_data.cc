// Measures what a data structure of your own costs a process that forks.
//
// One iteration forks a child that looks up every key. Not measured: building
// the map, which the parent does once.
#include <unordered_map>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "benchmark/benchmark.h"
#include "lib/fork/fork_runner.h"
#include "lib/probe/mappings.h"

static void BM_LookUpAfterFork(benchmark::State& state) {
  std::unordered_map<int, int> map;
  for (int i = 0; i < state.range(0); ++i) {
    map[i] = i;
  }
  cowbench::ForkRunner runner = *cowbench::ForkRunner::Create();
  double copied_pages = 0;
  for (auto _ : state) {
    const absl::StatusOr<cowbench::ForkResult> result = runner.Run({}, [&] {
      for (const auto& [key, value] : map) {
        benchmark::DoNotOptimize(map.find(key)->second);
      }
    });
    if (!result.ok()) {
      state.SkipWithError(result.status().ToString().c_str());
      return;
    }
    state.SetIterationTime(absl::ToDoubleSeconds(result->wall_time()));
    copied_pages += static_cast<double>(result->samples[0].pages->copied);
  }
  state.counters["copied_bytes"] = benchmark::Counter(
      copied_pages * static_cast<double>(cowbench::probe::PageSize()),
      benchmark::Counter::kAvgIterations, benchmark::Counter::kIs1024);
}
BENCHMARK(BM_LookUpAfterFork)->Arg(1'000'000)->Iterations(5)->UseManualTime();

BENCHMARK_MAIN();
