// The sums that counters are computed from.
#ifndef COWBENCH_LIB_SUITE_TOTALS_H_
#define COWBENCH_LIB_SUITE_TOTALS_H_

#include <array>
#include <cstdint>
#include <optional>

#include "lib/subject/protocol.h"

namespace cowbench {

// The sums over one repetition of a case. Only counted forks have page counts;
// everything else is over all forks.
struct Totals {
  // Distinct bytes that the pattern stores to in one writer.
  uint64_t stored_bytes = 0;
  BuildReply built = {};
  // The most faults for one copied page: two where a page may first be read,
  // and that is a fault, too (lib/probe/access_flag.h).
  double faults_of_copy = 1;
  // When the repetition began; none if unknown.
  std::optional<double> other_tasks;

  double forks = 0;
  double fork_seconds = 0;
  double access_seconds = 0;
  double exit_seconds = 0;
  double huge_bytes = 0;

  double writers = 0;  // of all forks
  double window_seconds = 0;
  double minor_faults = 0;
  double major_faults = 0;

  double counted_writers = 0;  // of the counted forks
  double copied_pages = 0;
  double copied_metadata_pages = 0;
  double fresh_pages = 0;
  double fork_tax_pages = 0;
  double unsure_pages = 0;
  double reused_pages = 0;

  // Adds a fork with this many writers.
  void Add(const RunReply& reply, int writer_count);
  // Adds such a fork to the spreads only.
  void AddToSpreads(const RunReply& reply, int writer_count);

  // The largest difference, for one writer, between the pages that it copied in
  // two counted forks. Zero if all counted forks agree.
  double CopiedPagesSpread() const { return LargestSpread(copied_pages_of_); }
  // The same for minor faults, in all forks.
  double MinorFaultsSpread() const { return LargestSpread(minor_faults_of_); }

 private:
  struct Range {
    int64_t least;
    int64_t most;
  };
  // One for each writer.
  using Ranges = std::array<std::optional<Range>, kMaxChildren>;

  static void Include(int64_t value, std::optional<Range>* range);
  static double LargestSpread(const Ranges& ranges);

  Ranges copied_pages_of_;
  Ranges minor_faults_of_;
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_TOTALS_H_
