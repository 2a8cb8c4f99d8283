// Prints results as Markdown tables for docs/accuracy.md.
#ifndef COWBENCH_BENCHMARKS_CALIBRATION_MARKDOWN_REPORTER_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_MARKDOWN_REPORTER_H_

#include <string>
#include <vector>

#include "benchmark/benchmark.h"

namespace cowbench {

// The end of a counter's name tells its unit: _bytes, _time (in seconds),
// _ratio; everything else is a count.
struct Column {
  std::string counter;
  std::string heading;
};

// A table of the benchmarks whose names begin with `prefix`, one in each row.
struct Table {
  std::string prefix;
  std::vector<Column> columns;
};

// Runs the registered benchmarks as Google Benchmark's flags say, and prints
// the tables; --benchmark_out has all counters. Returns the exit status: 1 when
// a benchmark failed, 2 for a mistake on the command line. A benchmark that
// called Unavailable() has not failed.
int CalibrationMain(int argc, char** argv, std::vector<Table> tables);

// Skips a benchmark that this machine or user cannot run.
void Unavailable(benchmark::State& state, const std::string& why);

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_MARKDOWN_REPORTER_H_
