#include "benchmarks/calibration/suite_costs.h"

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "benchmarks/calibration/loops.h"
#include "benchmarks/calibration/prepared_array.h"
#include "benchmarks/calibration/registration.h"
#include "benchmarks/calibration/series.h"
#include "lib/base/units.h"
#include "lib/fork/fork_runner.h"
#include "lib/probe/mappings.h"
#include "lib/workload/patterns.h"

namespace cowbench {
namespace {

using Pattern = void (*)(workload::Array& array, uint64_t bytes);

workload::Touch All(uint64_t bytes) {
  const uint64_t elements = workload::Array::ElementCount(bytes);
  return {.elements = elements, .touched = elements};
}

// Not inlined, so that both loops run the same code.
[[gnu::noinline]] void ReadAll(workload::Array& array, uint64_t bytes) {
  workload::Read::Run(array, All(bytes));
}
[[gnu::noinline]] void WriteAll(workload::Array& array, uint64_t bytes) {
  workload::Write::Run(array, All(bytes));
}
// Writes to one element in every tenth page. A tenth of all elements would lie
// on all pages.
[[gnu::noinline]] void WriteTenth(workload::Array& array, uint64_t bytes) {
  const uint64_t elements = workload::Array::ElementCount(bytes);
  const uint64_t stride = 10 * probe::PageSize() / sizeof(double);
  workload::Write::Run(array,
                       {.elements = elements, .touched = elements / stride});
}

void CompareWithBareLoop(benchmark::State& state, Pattern pattern,
                         uint64_t bytes) {
  workload::Array* const array =
      PrepareArray(bytes, pattern == WriteAll ? bytes : 0, state);
  if (array == nullptr) {
    return;
  }
  const auto run = [&] { pattern(*array, bytes); };
  absl::StatusOr<ForkRunner> runner = ForkRunner::Create();
  absl::StatusOr<BareTimes> bare = RunBareLoop(run);
  const absl::StatusOr<SuiteTimes> counted =
      RunSuite(*runner, /*count_pages=*/true, run);
  if (!counted.ok()) {
    state.SkipWithError(std::string(counted.status().message()).c_str());
    return;
  }
  absl::StatusOr<SuiteTimes> suite = counted;
  Series access, bare_access, access_ratio, fork, bare_fork, fork_ratio;
  Series rest_ratio, measured_ratio;
  bool bare_first = false;
  for ([[maybe_unused]] auto _ : state) {
    // The two take turns in going first.
    bare_first = !bare_first;
    if (bare_first) {
      bare = RunBareLoop(run);
    }
    suite = RunSuite(*runner, /*count_pages=*/false, run);
    if (!bare_first) {
      bare = RunBareLoop(run);
    }
    if (!bare.ok() || !suite.ok()) {
      const absl::Status status = bare.ok() ? suite.status() : bare.status();
      state.SkipWithError(std::string(status.message()).c_str());
      return;
    }
    access.Add(suite->access_time);
    bare_access.Add(bare->access_time);
    access_ratio.Add(suite->access_time / bare->access_time);
    fork.Add(suite->fork_time);
    bare_fork.Add(bare->fork_time);
    fork_ratio.Add(suite->fork_time / bare->fork_time);
    rest_ratio.Add((suite->elapsed_time - suite->wall_time) / suite->fork_time);
    measured_ratio.Add(suite->wall_time / suite->elapsed_time);
    state.SetIterationTime(suite->wall_time);
  }
  benchmark::UserCounters& counter = state.counters;
  counter["access_time"] = access.median();
  counter["bare_access_time"] = bare_access.median();
  counter["access_ratio"] = access_ratio.median();
  counter["fork_time"] = fork.median();
  counter["bare_fork_time"] = bare_fork.median();
  counter["fork_ratio"] = fork_ratio.median();
  counter["probe_to_fork_ratio"] = counted->probe_time / counted->fork_time;
  counter["rest_to_fork_ratio"] = rest_ratio.median();
  counter["measured_ratio"] = measured_ratio.median();
  if (counted->copied_pages > 0) {
    counter["copied_page_time"] =
        access.median() / static_cast<double>(counted->copied_pages);
  }
}

void MeasureScale(benchmark::State& state, Pattern pattern, uint64_t bytes) {
  workload::Array* const array = PrepareArray(bytes, bytes / 8, state);
  if (array == nullptr) {
    return;
  }
  const auto run = [&] { pattern(*array, bytes); };
  absl::StatusOr<ForkRunner> runner = ForkRunner::Create();
  absl::StatusOr<SuiteTimes> suite = absl::UnknownError("no iteration");
  Series access, fork, probe, total;
  for ([[maybe_unused]] auto _ : state) {
    suite = RunSuite(*runner, /*count_pages=*/true, run);
    if (!suite.ok()) {
      state.SkipWithError(std::string(suite.status().message()).c_str());
      return;
    }
    access.Add(suite->access_time);
    fork.Add(suite->fork_time);
    probe.Add(suite->probe_time);
    total.Add(suite->elapsed_time);
    state.SetIterationTime(suite->wall_time);
  }
  const double gibibytes = static_cast<double>(bytes) / kGiB;
  state.counters["fork_per_gib_time"] = fork.median() / gibibytes;
  state.counters["access_per_gib_time"] = access.median() / gibibytes;
  state.counters["probe_per_gib_time"] = probe.median() / gibibytes;
  state.counters["total_per_gib_time"] = total.median() / gibibytes;
  state.counters["copied_bytes"] =
      static_cast<double>(suite->copied_pages * probe::PageSize());
}

}  // namespace

std::vector<Table> RegisterSuiteCosts() {
  for (const uint64_t bytes : {kMiB, 64 * kMiB, 1024 * kMiB}) {
    Register(absl::StrCat("overhead/array/read/size:", FormatSize(bytes)),
             kManyIterations, CompareWithBareLoop, ReadAll, bytes);
    Register(absl::StrCat("overhead/array/write/size:", FormatSize(bytes)),
             bytes <= 64 * kMiB ? kManyIterations : kManyIterations / 2,
             CompareWithBareLoop, WriteAll, bytes);
  }
  for (const uint64_t bytes : {64 * kMiB, 1024 * kMiB, 8192 * kMiB}) {
    Register(absl::StrCat("scale/array/read/size:", FormatSize(bytes)),
             IterationsFor(bytes), MeasureScale, ReadAll, bytes);
    Register(absl::StrCat("scale/array/write_tenth/size:", FormatSize(bytes)),
             IterationsFor(bytes), MeasureScale, WriteTenth, bytes);
  }
  return {{"overhead/",
           {{"access_time", "access"},
            {"bare_access_time", "bare loop"},
            {"access_ratio", "ratio"},
            {"fork_time", "fork"},
            {"bare_fork_time", "bare loop"},
            {"fork_ratio", "ratio"},
            {"copied_page_time", "access / copied page"},
            {"probe_to_fork_ratio", "probe / fork"},
            {"rest_to_fork_ratio", "all else / fork"},
            {"measured_ratio", "share measured"}}},
          {"scale/",
           {{"fork_per_gib_time", "fork per GiB"},
            {"access_per_gib_time", "access per GiB"},
            {"probe_per_gib_time", "probe per GiB"},
            {"total_per_gib_time", "iteration per GiB"},
            {"copied_bytes", "copied"}}}};
}

}  // namespace cowbench
