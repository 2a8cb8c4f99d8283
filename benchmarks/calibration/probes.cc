// Compares the ways to measure copy-on-write with the truth: a child writes to
// exactly 1000 pages of its parent's, and the parent does nothing.
//
// One iteration forks three children: one on a quiet machine, one beside a
// process that allocates and frees memory, and one that also fills 1000 pages
// of new memory, which are not copies. The time of an iteration is the time
// that the method took for the first child, before and after the window; it
// includes neither the window nor the fork.
//
// A method sees k pages if each of nine readings with k written pages is larger
// than each of nine readings with none. k is a power of two, and the machine is
// quiet.
#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "benchmarks/calibration/markdown_reporter.h"
#include "benchmarks/calibration/methods.h"
#include "benchmarks/calibration/neighbour.h"
#include "benchmarks/calibration/series.h"
#include "benchmarks/calibration/trial.h"
#include "lib/base/units.h"
#include "lib/probe/mappings.h"

namespace cowbench {
namespace {

constexpr size_t kMiB = size_t{1} << 20;
constexpr double kGiB = 1024.0 * kMiB;
constexpr size_t kWrittenPages = 1000;
constexpr size_t kNewPages = 1000;
constexpr int kTrials = 11;
constexpr int kReadings = 9;

// The data set; built again only for another size.
const DataSet& PrepareDataSet(size_t bytes) {
  static DataSet data = {nullptr, 0};
  if (data.bytes != bytes) {
    if (data.begin != nullptr) {
      munmap(data.begin, data.bytes);
    }
    void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
      perror("mmap");
      exit(1);
    }
    memset(memory, 1, bytes);
    data = {static_cast<char*>(memory), bytes};
  }
  return data;
}

// The errors of readings of one kind.
class Errors {
 public:
  void Add(const Reading& reading, size_t true_pages) {
    const double error = std::abs(static_cast<double>(
        reading.bytes - static_cast<int64_t>(true_pages * probe::PageSize())));
    sum_ += error;
    max_ = std::max(max_, error);
    ++count_;
  }
  double mean() const { return sum_ / count_; }
  double max() const { return max_; }

 private:
  double sum_ = 0;
  double max_ = 0;
  int count_ = 0;
};

// The smallest number of written pages that the method sees; none if it does
// not even see it when all pages are written.
std::optional<size_t> SmallestSeen(const Method& method, const DataSet& data) {
  int64_t floor = 0;
  for (int i = 0; i < kReadings; ++i) {
    const absl::StatusOr<Reading> nothing =
        MeasureInChild(method, data, {.written_pages = 0});
    if (!nothing.ok()) {
      return std::nullopt;
    }
    floor = std::max(floor, nothing->bytes);
  }
  for (size_t k = 1; k <= data.bytes / probe::PageSize(); k *= 2) {
    int seen = 0;
    while (seen < kReadings) {
      const absl::StatusOr<Reading> reading =
          MeasureInChild(method, data, {.written_pages = k});
      if (!reading.ok() || reading->bytes <= floor) {
        break;
      }
      ++seen;
    }
    if (seen == kReadings) {
      return k;
    }
  }
  return std::nullopt;
}

void Measure(benchmark::State& state, const Method& method, size_t bytes,
             Neighbour& neighbour) {
  if (method.available != nullptr) {
    const absl::Status available = method.available();
    if (!available.ok()) {
      Unavailable(state, std::string(available.message()));
      return;
    }
  }
  const DataSet& data = PrepareDataSet(bytes);
  const WindowWork writes = {.written_pages = kWrittenPages};
  const WindowWork writes_and_fills = {.written_pages = kWrittenPages,
                                       .new_pages = kNewPages};
  Errors quiet;
  Errors noisy;
  Errors filling;
  Series costs;
  Series forks;
  // The first one does not count: the host may have to provide memory for it.
  absl::StatusOr<Reading> reading = MeasureInChild(method, data, writes);
  for ([[maybe_unused]] auto _ : state) {
    reading = MeasureInChild(method, data, writes);
    absl::StatusOr<Reading> filled =
        MeasureInChild(method, data, writes_and_fills);
    neighbour.SetNoisy(true);
    absl::StatusOr<Reading> disturbed = MeasureInChild(method, data, writes);
    neighbour.SetNoisy(false);
    for (const absl::Status& status :
         {reading.status(), filled.status(), disturbed.status()}) {
      if (!status.ok()) {
        state.SkipWithError(std::string(status.message()).c_str());
        return;
      }
    }
    quiet.Add(*reading, kWrittenPages);
    filling.Add(*filled, kWrittenPages);
    noisy.Add(*disturbed, kWrittenPages);
    costs.Add(reading->cost_time);
    forks.Add(reading->fork_time);
    state.SetIterationTime(reading->cost_time);
  }
  const double gibibytes = static_cast<double>(bytes) / kGiB;
  benchmark::UserCounters& counter = state.counters;
  counter["error_mean_bytes"] = quiet.mean();
  counter["error_max_bytes"] = quiet.max();
  counter["noisy_error_mean_bytes"] = noisy.mean();
  counter["noisy_error_max_bytes"] = noisy.max();
  counter["filling_error_mean_bytes"] = filling.mean();
  counter["cost_per_gib_time"] = costs.median() / gibibytes;
  counter["fork_per_gib_time"] = forks.median() / gibibytes;
  counter["cost_to_fork_ratio"] = costs.median() / forks.median();
  const std::optional<size_t> smallest = SmallestSeen(method, data);
  if (smallest.has_value()) {
    counter["smallest_seen_pages"] = static_cast<double>(*smallest);
  }
}

int Main(int argc, char** argv) {
  absl::StatusOr<Neighbour> neighbour = Neighbour::Start();
  if (!neighbour.ok()) {
    fprintf(stderr, "probes: %s\n",
            std::string(neighbour.status().message()).c_str());
    return 1;
  }
  for (const size_t bytes : {64 * kMiB, 1024 * kMiB}) {
    for (const Method& method : Methods()) {
      benchmark::RegisterBenchmark(
          absl::StrCat("probes/", method.name, "/size:", FormatSize(bytes))
              .c_str(),
          [&method, bytes, &neighbour](benchmark::State& state) {
            Measure(state, method, bytes, *neighbour);
          })
          ->Iterations(kTrials)
          ->UseManualTime()
          ->Unit(benchmark::kMillisecond);
    }
  }
  return CalibrationMain(
      argc, argv,
      {{"probes/",
        {{"error_mean_bytes", "error"},
         {"error_max_bytes", "at most"},
         {"noisy_error_mean_bytes", "with a noisy neighbour"},
         {"noisy_error_max_bytes", "at most"},
         {"filling_error_mean_bytes", "when new memory is filled, too"},
         {"smallest_seen_pages", "pages it sees"},
         {"cost_per_gib_time", "cost per GiB"},
         {"cost_to_fork_ratio", "cost / fork"}}}});
}

}  // namespace
}  // namespace cowbench

int main(int argc, char** argv) { return cowbench::Main(argc, argv); }
