#include "benchmarks/calibration/kernel_limits.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "benchmarks/calibration/limits.h"
#include "benchmarks/calibration/prepared_array.h"
#include "benchmarks/calibration/registration.h"
#include "benchmarks/calibration/series.h"
#include "lib/base/units.h"

namespace cowbench {
namespace {

// More than a last-level cache holds.
constexpr uint64_t kLimitsBytes = 512 * kMiB;

// The parts of a fault that copies a page: the trap, the copy, and the rest, in
// which the kernel allocates a page and accounts for it.
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

// The cost of fork() for the pages from `map`.
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

}  // namespace

std::vector<Table> RegisterKernelLimits() {
  Register("limits/copied_page", IterationsFor(kLimitsBytes),
           MeasureCopiedPage);
  constexpr std::pair<const char*, Pages (*)(size_t)> kMaps[] = {
      {"consecutive", MapConsecutive},
      {"page_in_512", MapPageIn512},
      {"scattered", MapScattered}};
  for (const auto& [name, map] : kMaps) {
    for (const uint64_t bytes : {64 * kMiB, 1024 * kMiB, 4096 * kMiB}) {
      Register(absl::StrCat("limits/fork/", name, "/size:", FormatSize(bytes)),
               IterationsFor(bytes), MeasureForkLimit, map, bytes);
    }
  }
  return {{"limits/copied_page",
           {{"fault_time", "fault that copies"},
            {"reuse_time", "fault, nothing to copy"},
            {"zero_page_time", "fault, zero page"},
            {"memcpy_time", "memcpy of 4 KiB, cold"},
            {"remaining_time", "what remains"}}},
          {"limits/fork/",
           {{"page_tables", "page tables"},
            {"fork_time", "fork"},
            {"per_gib_time", "per GiB"},
            {"per_page_table_time", "per page table"}}}};
}

}  // namespace cowbench
