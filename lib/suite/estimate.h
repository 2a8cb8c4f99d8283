// How often a case is measured, and how much time it takes, by a guess.
#ifndef COWBENCH_LIB_SUITE_ESTIMATE_H_
#define COWBENCH_LIB_SUITE_ESTIMATE_H_

#include <string>
#include <vector>

#include "lib/suite/matrix.h"

namespace cowbench {

inline constexpr int kMaxForks = 1'000'000;

// How many forks of a case the user wants measured. More of them make times
// steadier; counts are the same in each.
struct ForkCount {
  int number = 0;      // 0: as many as suit the size of the case
  double seconds = 0;  // if above 0, as many as reach this time
};

// Forks measured for a case; a guess where that depends on their time.
int IterationsOf(const Case& c, const ForkCount& forks);

// Seconds that each case takes when they are run in this order. Right in their
// proportions, which is what the progress needs; the constants are those of
// one virtual machine.
std::vector<double> EstimatedSeconds(const std::vector<Case>& cases,
                                     const ForkCount& chosen, int repetitions);

// A table of the cases, how much time and memory each will need, and the total.
std::string Estimates(const std::vector<Case>& cases, const ForkCount& chosen,
                      int repetitions);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_ESTIMATE_H_
