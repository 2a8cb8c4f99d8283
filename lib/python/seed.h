// The presets that repeat this project's original experiment: four workers over
// numpy.ones((15000, 15000)), lists of 10**8 ints, and [1] * 10**8.
#ifndef COWBENCH_LIB_PYTHON_SEED_H_
#define COWBENCH_LIB_PYTHON_SEED_H_

#include <array>
#include <cstdint>

#include "lib/suite/matrix.h"

namespace cowbench::python {

inline constexpr uint64_t kSeedElements = 100'000'000;

// The length of the lists that fits into so many bytes: that of the original
// experiment, or the largest smaller number of one digit and zeros.
uint64_t SeedElementsWithin(uint64_t available_bytes);

// `seed` is the experiment at its original scale; if memory does not suffice,
// at a smaller scale and with a warning. `seed-tenth` has lists of 10**7.
extern const std::array<Preset, 2> kSeedPresets;

}  // namespace cowbench::python

#endif  // COWBENCH_LIB_PYTHON_SEED_H_
