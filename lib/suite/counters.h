// The one table of counters. Reporters, the results' context and the table in
// docs/reference.md are made from it.
#ifndef COWBENCH_LIB_SUITE_COUNTERS_H_
#define COWBENCH_LIB_SUITE_COUNTERS_H_

#include <optional>
#include <string>

#include "absl/types/span.h"
#include "benchmark/benchmark.h"
#include "lib/suite/totals.h"

namespace cowbench {

enum class Unit { kBytes, kFaults, kRatio, kSeconds, kCount };

// Counts are the same in every run. Times are not; the load disturbs them.
enum class Kind { kCount, kTime, kLoad };

enum class Better { kLess, kMore, kNeither };

enum class Shown {
  kAlways,
  kNotZero,  // zero in nearly every run, so it has no column
  kNever,    // only in the results
};

struct CounterEntry {
  const char* name;
  const char* heading;  // in the table
  Unit unit;
  Kind kind;
  Better better;
  Shown shown;
  // A sentence that stands on its own.
  const char* meaning;
  // None if the case has no such counter; never NaN or infinite.
  std::optional<double> (*value)(const Totals& totals);
};

// In the order in which tables show them.
absl::Span<const CounterEntry> Counters();

// Sets the counters that the case has.
void SetCounters(const Totals& totals, benchmark::UserCounters* counters);

// The table for the results' context, so that readers of results need no table
// of their own. A list of objects with the fields name, heading, unit (bytes,
// faults, ratio, seconds, count), kind (count, time, load), better (less, more,
// or empty if neither is better) and meaning.
std::string CountersAsJson();

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_COUNTERS_H_
