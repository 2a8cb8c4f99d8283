// The one table of counters. Reporters, the results' context and the table in
// docs/reference.md follow from it.
#ifndef COWBENCH_LIB_SUITE_COUNTERS_H_
#define COWBENCH_LIB_SUITE_COUNTERS_H_

#include <optional>
#include <string>

#include "absl/types/span.h"
#include "benchmark/benchmark.h"
#include "lib/suite/totals.h"

namespace cowbench {

enum class Unit { kBytes, kFaults, kRatio, kSeconds, kCount };

// Counts repeat exactly from run to run; times do not, and the load is what
// disturbs them.
enum class Kind { kCount, kTime, kLoad };

enum class Better { kLess, kMore, kNeither };

enum class Shown {
  kAlways,
  kNotZero,  // zero in nearly every run, and then not worth a column
  kNever,    // only in the results
};

// A counter.
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

// Those that the case has.
void SetCounters(const Totals& totals, benchmark::UserCounters* counters);

// For the results' context, so that whoever reads the results knows what they
// mean: a list of objects with the fields name, heading, unit (bytes, faults,
// ratio, seconds, count), kind (count, time, load), better (less, more, or
// nothing if neither is) and meaning.
std::string CountersAsJson();

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_COUNTERS_H_
