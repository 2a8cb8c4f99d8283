// The suite's own measurements against a bare loop, and against what kernel
// and memory allow. Everything that is divided by one another was measured in
// turns, in this process; counters are medians.
//
// overhead/: one iteration runs array/read or array/write once under lib/fork
// and once in the bare loop. Not measured: building the array, and warming up.
// scale/: one iteration under lib/fork; costs for each GiB of the array.
// limits/: one iteration measures each limit once.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "benchmarks/calibration/limits.h"
#include "benchmarks/calibration/loops.h"
#include "benchmarks/calibration/markdown_reporter.h"
#include "benchmarks/calibration/series.h"
#include "lib/base/available_memory.h"
#include "lib/base/units.h"
#include "lib/fork/fork_runner.h"
#include "lib/probe/mappings.h"
#include "lib/workload/array.h"
#include "lib/workload/patterns.h"

namespace cowbench {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr double kGiB = 1024.0 * kMiB;
// Where a host has other guests, single iterations differ by tens of percent:
// it takes many until the median of a ratio stays within a few.
constexpr int kManyIterations = Series::kMaxValues;
int IterationsFor(uint64_t bytes) {
  return bytes <= 64 * kMiB ? kManyIterations : bytes <= 1024 * kMiB ? 61 : 11;
}
// More than a last-level cache holds.
constexpr uint64_t kLimitsBytes = 512 * kMiB;

bool SkipWithoutMemory(uint64_t bytes, benchmark::State& state) {
  const uint64_t available = AvailableMemory();
  if (bytes <= available) {
    return false;
  }
  Unavailable(state, absl::StrCat(HumanBytes(static_cast<double>(bytes)),
                                  " of memory needed, ",
                                  HumanBytes(static_cast<double>(available)),
                                  " available"));
  return true;
}

// The array that a benchmark works on; the next one may have use for it.
Array* prepared_array = nullptr;
uint64_t prepared_bytes = 0;

void ReleaseArray() {
  if (prepared_array != nullptr) {
    free(&prepared_array->value(0));
    delete prepared_array;
    prepared_array = nullptr;
  }
}

// An array in consecutive frames. Null, and the benchmark is skipped, if there
// is no memory for it, or for as much as is going to be copied.
Array* PrepareArray(uint64_t bytes, uint64_t copied, benchmark::State& state) {
  if (prepared_bytes != bytes) {
    ReleaseArray();
  }
  const uint64_t needed =
      prepared_array != nullptr ? copied : bytes + std::max(copied, kGapsBytes);
  if (SkipWithoutMemory(needed, state)) {
    return nullptr;
  }
  if (prepared_array == nullptr) {
    const Pages gaps = FillGaps();
    prepared_array = new Array(Array::ElementCount(bytes));
    prepared_bytes = bytes;
  }
  return prepared_array;
}

using Pattern = void (*)(Array& array, uint64_t bytes);

Touch All(uint64_t bytes) {
  const uint64_t elements = Array::ElementCount(bytes);
  return {.elements = elements, .touched = elements};
}

// Not inlined, so that both loops run the same code.
[[gnu::noinline]] void ReadAll(Array& array, uint64_t bytes) {
  Read::Run(array, All(bytes));
}
[[gnu::noinline]] void WriteAll(Array& array, uint64_t bytes) {
  Write::Run(array, All(bytes));
}
// One element in every tenth page: the distance between elements is all that
// tells a tenth of the pages from a tenth of the elements, which is all pages.
[[gnu::noinline]] void WriteTenth(Array& array, uint64_t bytes) {
  const uint64_t elements = Array::ElementCount(bytes);
  const uint64_t stride = 10 * probe::PageSize() / sizeof(double);
  Write::Run(array, {.elements = elements, .touched = elements / stride});
}

void CompareWithBareLoop(benchmark::State& state, Pattern pattern,
                         uint64_t bytes) {
  Array* const array =
      PrepareArray(bytes, pattern == WriteAll ? bytes : 0, state);
  if (array == nullptr) {
    return;
  }
  const auto run = [&] { pattern(*array, bytes); };
  absl::StatusOr<ForkRunner> runner = ForkRunner::Create();
  absl::StatusOr<BareTimes> bare = RunBareLoop(run);
  // The first ones look at all pages. All are called from here, so that they
  // use the same stack.
  absl::StatusOr<SuiteTimes> suite = RunSuite(*runner, run);
  suite = RunSuite(*runner, run);
  Series access, bare_access, access_ratio, fork, bare_fork, fork_ratio;
  Series probe_ratio, rest_ratio, measured_ratio;
  uint64_t copied_pages = 0;
  bool bare_first = false;
  for ([[maybe_unused]] auto _ : state) {
    // Each goes first every other time.
    bare_first = !bare_first;
    if (bare_first) {
      bare = RunBareLoop(run);
    }
    suite = RunSuite(*runner, run);
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
    probe_ratio.Add(suite->probe_time / suite->fork_time);
    rest_ratio.Add((suite->elapsed_time - suite->wall_time) / suite->fork_time);
    measured_ratio.Add(suite->wall_time / suite->elapsed_time);
    copied_pages = suite->copied_pages;
    state.SetIterationTime(suite->wall_time);
  }
  benchmark::UserCounters& counter = state.counters;
  counter["access_time"] = access.median();
  counter["bare_access_time"] = bare_access.median();
  counter["access_ratio"] = access_ratio.median();
  counter["fork_time"] = fork.median();
  counter["bare_fork_time"] = bare_fork.median();
  counter["fork_ratio"] = fork_ratio.median();
  counter["probe_to_fork_ratio"] = probe_ratio.median();
  counter["rest_to_fork_ratio"] = rest_ratio.median();
  counter["measured_ratio"] = measured_ratio.median();
  if (copied_pages > 0) {
    counter["copied_page_time"] =
        access.median() / static_cast<double>(copied_pages);
  }
}

void MeasureScale(benchmark::State& state, Pattern pattern, uint64_t bytes) {
  Array* const array = PrepareArray(bytes, bytes / 8, state);
  if (array == nullptr) {
    return;
  }
  const auto run = [&] { pattern(*array, bytes); };
  absl::StatusOr<ForkRunner> runner = ForkRunner::Create();
  // The first ones look at all pages. All are called from here, so that they
  // use the same stack.
  absl::StatusOr<SuiteTimes> suite = RunSuite(*runner, run);
  suite = RunSuite(*runner, run);
  Series access, fork, probe, total;
  for ([[maybe_unused]] auto _ : state) {
    suite = RunSuite(*runner, run);
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

// What a fault that copies a page is made of. The rest, once trap and copy are
// subtracted, is what the kernel does to provide and account for a page.
void MeasureCopiedPage(benchmark::State& state) {
  ReleaseArray();
  if (SkipWithoutMemory(3 * kLimitsBytes, state)) {
    return;
  }
  Pages from(kLimitsBytes);
  Pages to(kLimitsBytes);
  Series copying, reusing, zero_page, cold_copy, rest;
  CopyingFaultTime(from);
  for ([[maybe_unused]] auto _ : state) {
    const double fault = CopyingFaultTime(from);
    const double trap = ReusingFaultTime(from);
    const double copy = ColdCopyTime(from, to);
    copying.Add(fault);
    reusing.Add(trap);
    zero_page.Add(ZeroPageFaultTime(from));
    cold_copy.Add(copy);
    rest.Add(fault - trap - copy);
    state.SetIterationTime(fault);
  }
  state.counters["fault_time"] = copying.median();
  state.counters["reuse_time"] = reusing.median();
  state.counters["zero_page_time"] = zero_page.median();
  state.counters["memcpy_time"] = cold_copy.median();
  state.counters["remaining_time"] = rest.median();
}

Pages MapPageIn512(size_t bytes) { return Pages(bytes, 512); }

// The cost of fork() with the pages that `map` maps.
void MeasureForkLimit(benchmark::State& state, Pages (*map)(size_t bytes),
                      uint64_t bytes) {
  ReleaseArray();
  if (SkipWithoutMemory(bytes + std::max(bytes, kGapsBytes), state)) {
    return;
  }
  const Pages pages = map(bytes);
  Series fork;
  ForkCost cost = MeasureFork();
  for ([[maybe_unused]] auto _ : state) {
    cost = MeasureFork();
    fork.Add(cost.fork_time);
    state.SetIterationTime(cost.fork_time);
  }
  state.counters["page_tables"] = cost.page_tables;
  state.counters["fork_time"] = fork.median();
  state.counters["per_gib_time"] =
      fork.median() / (static_cast<double>(bytes) / kGiB);
  state.counters["per_page_table_time"] = fork.median() / cost.page_tables;
}

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

void RegisterAll() {
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
  Register("limits/copied_page", IterationsFor(kLimitsBytes),
           MeasureCopiedPage);
  // Last, for the frames stay scattered for those who get them next.
  constexpr std::pair<const char*, Pages (*)(size_t)> kLimits[] = {
      {"consecutive", MapConsecutive},
      {"page_in_512", MapPageIn512},
      {"scattered", MapScattered}};
  for (const auto& [name, map] : kLimits) {
    for (const uint64_t bytes : {64 * kMiB, 1024 * kMiB, 4096 * kMiB}) {
      Register(absl::StrCat("limits/fork/", name, "/size:", FormatSize(bytes)),
               IterationsFor(bytes), MeasureForkLimit, map, bytes);
    }
  }
}

int Main(int argc, char** argv) {
  RegisterAll();
  return CalibrationMain(argc, argv,
                         {{"overhead/",
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
                            {"copied_bytes", "copied"}}},
                          {"limits/copied_page",
                           {{"fault_time", "fault that copies"},
                            {"reuse_time", "fault, nothing to copy"},
                            {"zero_page_time", "fault, zero page"},
                            {"memcpy_time", "memcpy of 4 KiB, cold"},
                            {"remaining_time", "what remains"}}},
                          {"limits/fork/",
                           {{"page_tables", "page tables"},
                            {"fork_time", "fork"},
                            {"per_gib_time", "per GiB"},
                            {"per_page_table_time", "per page table"}}}});
}

}  // namespace
}  // namespace cowbench

int main(int argc, char** argv) { return cowbench::Main(argc, argv); }
