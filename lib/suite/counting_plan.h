// Which forks of a case are counted, which are only timed, and which are
// repeated.
#ifndef COWBENCH_LIB_SUITE_COUNTING_PLAN_H_
#define COWBENCH_LIB_SUITE_COUNTING_PLAN_H_

#include <vector>

#include "absl/types/span.h"
#include "lib/fork/sample.h"

namespace cowbench {

// Counting takes two passes over all page tables, so not every fork is counted:
// forks are counted until two of them agree, and timed while they have as many
// faults as those.
//
// A fork that differs is repeated, because the kernel disturbs one now and
// then: it may take two faults for one page of a split huge page
// (lib/probe/huge_pages.h). Where the repetition differs, too, the case itself
// varies: all forks from there on are counted, and none is repeated.
class CountingPlan {
 public:
  explicit CountingPlan(bool count_all) : count_all_(count_all) {}

  bool CountNext() const {
    return count_all_ || varies_ || check_ || !confirmed_;
  }

  // Takes the samples of a fork, one for each writer. False when the fork must
  // be repeated, and its samples dropped.
  bool Add(absl::Span<const Sample> samples);

  int repeated_forks() const { return repeated_forks_; }

 private:
  bool AgreesWithOneOf(absl::Span<const Sample> samples) const;
  bool Repeat();

  bool count_all_;
  bool varies_ = false;
  bool check_ = false;  // the last fork differed
  int repeated_forks_ = 0;
  // Forks that were counted: one that has been confirmed, or those of which
  // none has.
  bool confirmed_ = false;
  std::vector<std::vector<Sample>> counted_;
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_COUNTING_PLAN_H_
