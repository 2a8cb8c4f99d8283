// Decides which forks of a case are counted, which are only timed, and which
// are repeated.
#ifndef COWBENCH_LIB_SUITE_COUNTING_PLAN_H_
#define COWBENCH_LIB_SUITE_COUNTING_PLAN_H_

#include <vector>

#include "absl/types/span.h"
#include "lib/fork/sample.h"

namespace cowbench {

// Counting a fork takes two passes over all page tables. So forks are counted
// only until two of them agree. After that they are only timed, as long as they
// have as many faults as those two.
//
// A fork that differs is repeated, because the kernel sometimes takes two
// faults for one page of a split huge page (lib/probe/huge_pages.h). If the
// repetition differs, too, the case itself varies: then all further forks are
// counted, and none is repeated.
class CountingPlan {
 public:
  explicit CountingPlan(bool count_all) : count_all_(count_all) {}

  bool CountNext() const {
    return count_all_ || varies_ || check_ || !confirmed_;
  }

  // Adds a fork's samples, one for each writer. False when the samples must be
  // dropped and the fork repeated.
  bool Add(absl::Span<const Sample> samples);

  int repeated_forks() const { return repeated_forks_; }

 private:
  bool AgreesWithOneOf(absl::Span<const Sample> samples) const;
  bool Repeat();

  bool count_all_;
  bool varies_ = false;
  bool check_ = false;  // the last fork differed
  int repeated_forks_ = 0;
  // Once two counted forks agree, `counted_` has only one of them.
  bool confirmed_ = false;
  std::vector<std::vector<Sample>> counted_;
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_COUNTING_PLAN_H_
