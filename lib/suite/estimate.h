// How many forks of a case are measured, and an estimate of the time.
#ifndef COWBENCH_LIB_SUITE_ESTIMATE_H_
#define COWBENCH_LIB_SUITE_ESTIMATE_H_

#include <string>
#include <vector>

#include "lib/suite/matrix.h"

namespace cowbench {

inline constexpr int kMaxForks = 1'000'000;

// How many forks of a case the user wants to measure. With more forks, times
// vary less; counts are the same.
struct ForkCount {
  int number = 0;      // 0: chosen by the size of the case
  double seconds = 0;  // above 0: as many as take this time
};

// The number of forks measured for a case; an estimate if `forks` has a time.
int IterationsOf(const Case& c, const ForkCount& forks);

// Seconds that each case takes when they run in this order. The constants are
// those of one virtual machine, but the proportions are right, and the progress
// needs only these.
std::vector<double> EstimatedSeconds(const std::vector<Case>& cases,
                                     const ForkCount& chosen, int repetitions);

// A table of the cases with the time and memory that each needs, and the total.
std::string Estimates(const std::vector<Case>& cases, const ForkCount& chosen,
                      int repetitions);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_ESTIMATE_H_
