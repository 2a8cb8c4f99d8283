// Results as Markdown tables, ready to be pasted into docs/accuracy.md.
#ifndef COWBENCH_BENCHMARKS_CALIBRATION_MARKDOWN_REPORTER_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_MARKDOWN_REPORTER_H_

#include <string>
#include <vector>

#include "benchmark/benchmark.h"

namespace cowbench {

// The unit of a counter is told by the end of its name: _bytes, _time (in
// seconds); everything else is a plain number.
struct Column {
  std::string counter;
  std::string heading;
};

// The benchmarks whose names begin with `prefix`, a row each.
struct Table {
  std::string prefix;
  std::vector<Column> columns;
};

// Runs the benchmarks that are registered, under Google Benchmark's flags, and
// prints the tables; all counters are in --benchmark_out. Returns the exit
// status: 1 when one failed, 2 for a mistake on the command line. A benchmark
// that was skipped because of Unavailable() has not failed.
int CalibrationMain(int argc, char** argv, std::vector<Table> tables);

// Skips a benchmark that this machine or user cannot run.
void Unavailable(benchmark::State& state, const std::string& why);

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_MARKDOWN_REPORTER_H_
