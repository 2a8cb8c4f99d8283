// Measures what a process that forks copies of a data structure of your own.
//
// Replace Data, Build() and the two patterns. One iteration forks a child that
// runs a pattern on the data. Not measured: Build(), which the parent runs
// once.
#include <cstdint>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "benchmark/benchmark.h"
#include "lib/base/units.h"
#include "lib/fork/fork_runner.h"
#include "lib/probe/mappings.h"

using Data = std::unordered_map<int64_t, int64_t>;

static Data Build(int64_t elements) {
  Data data;
  for (int64_t i = 0; i < elements; ++i) {
    data[i] = i;
  }
  return data;
}

static void Read(Data& data) {
  for (const auto& [key, value] : data) {
    benchmark::DoNotOptimize(data.find(key)->second);
  }
}

// Every hundredth value.
static void Write(Data& data) {
  for (int64_t key = 0; key < static_cast<int64_t>(data.size()); key += 100) {
    ++data[key];
  }
  benchmark::ClobberMemory();  // The stores happen, though nobody reads them.
}

static void BM_AfterFork(benchmark::State& state, void (*pattern)(Data&)) {
  Data data = Build(state.range(0));
  cowbench::ForkRunner runner = *cowbench::ForkRunner::Create();
  double copied_pages = 0;
  for (auto _ : state) {
    const absl::StatusOr<cowbench::ForkResult> result =
        runner.Run({}, [&] { pattern(data); });
    if (!result.ok()) {
      state.SkipWithError(result.status().ToString().c_str());
      return;
    }
    state.SetIterationTime(absl::ToDoubleSeconds(result->wall_time()));
    copied_pages += static_cast<double>(result->samples[0].pages->copied);
  }
  const double copied_bytes = copied_pages *
                              static_cast<double>(cowbench::probe::PageSize()) /
                              static_cast<double>(state.iterations());
  state.counters["copied_bytes"] = copied_bytes;
  state.SetLabel(cowbench::HumanBytes(copied_bytes) + " copied");
}
BENCHMARK_CAPTURE(BM_AfterFork, read, Read)
    ->Arg(1'000'000)
    ->Iterations(5)
    ->UseManualTime();
BENCHMARK_CAPTURE(BM_AfterFork, write, Write)
    ->Arg(1'000'000)
    ->Iterations(5)
    ->UseManualTime();

BENCHMARK_MAIN();
