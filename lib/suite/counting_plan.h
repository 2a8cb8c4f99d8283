// Which forks of a case are counted, and which are only timed.
#ifndef COWBENCH_LIB_SUITE_COUNTING_PLAN_H_
#define COWBENCH_LIB_SUITE_COUNTING_PLAN_H_

#include <vector>

#include "absl/types/span.h"
#include "lib/fork/sample.h"

namespace cowbench {

// Counting takes two passes over all page tables, so not every fork is counted.
// The first two are. While they agree, the others are timed, and must have as
// many faults. Once two forks differ, all that follow are counted.
class CountingPlan {
 public:
  // `count_all`: whatever the forks have in common.
  explicit CountingPlan(bool count_all) : count_all_(count_all) {}

  bool CountNext() const { return count_all_ || differ_ || forks_ < 2; }

  // The samples of the last fork, one for each writer.
  void Add(absl::Span<const Sample> samples);

 private:
  bool count_all_;
  bool differ_ = false;
  int forks_ = 0;
  std::vector<Sample> counted_;  // the first fork's
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_COUNTING_PLAN_H_
