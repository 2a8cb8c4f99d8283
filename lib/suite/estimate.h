// How often a case is measured, and how much time it takes, by a guess.
#ifndef COWBENCH_LIB_SUITE_ESTIMATE_H_
#define COWBENCH_LIB_SUITE_ESTIMATE_H_

#include <string>
#include <vector>

#include "lib/suite/matrix.h"

namespace cowbench {

// Forks measured for a case: `chosen` by the user, or, if that is 0, as many
// as suit its size. More of them make times steadier; counts are the same in
// each.
int IterationsOf(const Case& c, int chosen);

// Seconds that each case takes when they are run in this order. Right in their
// proportions, which is what the progress needs; the constants are those of
// one virtual machine.
std::vector<double> EstimatedSeconds(const std::vector<Case>& cases,
                                     int iterations, int repetitions);

// A table of the cases, how much time and memory each will need, and the total.
std::string Estimates(const std::vector<Case>& cases, int iterations,
                      int repetitions);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_ESTIMATE_H_
