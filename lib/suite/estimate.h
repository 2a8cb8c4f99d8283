// What a case costs: how often it is measured, and guesses at its time and
// memory before it is run.
#ifndef COWBENCH_LIB_SUITE_ESTIMATE_H_
#define COWBENCH_LIB_SUITE_ESTIMATE_H_

#include <cstdint>
#include <cstdio>
#include <vector>

#include "absl/status/status.h"
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

// What the data set takes up as the least compact allocator stores it; in huge
// pages, with those that are filled up at its ends.
uint64_t MemoryOfDataSet(const Case& c);

// What the writers' copies take up in the worst case, where the data set takes
// up `data_set_bytes`: as much in every writer if the pattern writes at all,
// and as much again if it replaces or adds elements.
uint64_t MemoryOfCopies(const Case& c, uint64_t data_set_bytes);

// An upper bound of both, before the data set is there to be measured.
uint64_t NeededMemory(const Case& c);

// Errors: kResourceExhausted, saying how much is needed and available.
absl::Status CheckMemory(uint64_t needed);

// Prints the cases with both estimates, and their total.
void PrintEstimates(const std::vector<Case>& cases, int iterations,
                    int repetitions, FILE* out);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_ESTIMATE_H_
