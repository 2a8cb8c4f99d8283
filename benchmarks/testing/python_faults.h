// Python layouts that fail on purpose.
#ifndef COWBENCH_BENCHMARKS_TESTING_PYTHON_FAULTS_H_
#define COWBENCH_BENCHMARKS_TESTING_PYTHON_FAULTS_H_

#include <array>

#include "lib/python/layouts.h"

namespace cowbench::python {

inline constexpr std::array kOnlyIdle = {kIdle};
inline constexpr std::array kRaisingPatterns = {
    kIdle, Pattern{.name = "divide", .statement = "1 / data[0]"},
    Pattern{.name = "lines", .statement = "raise OSError('a\\nb')"},
    Pattern{.name = "exit", .statement = "raise SystemExit(3)"},
    Pattern{.name = "memory", .statement = "bytearray(1 << 62)"}};

inline constexpr std::array kFaults = {
    // Patterns that raise in the child.
    Layout{.name = "raises",
           .element_count = CountOf<8>,
           .objects = Objects::kNone,
           .build = "[0] * elements",
           .patterns = kRaisingPatterns},
    Layout{.name = "unbuildable",
           .element_count = CountOf<8>,
           .objects = Objects::kNone,
           .build = "[0] * (elements << 40)",
           .patterns = kOnlyIdle},
    // Fails like a layout of numpy when that is not installed.
    Layout{.name = "no_module",
           .element_count = CountOf<8>,
           .objects = Objects::kNone,
           .build = "[0] * elements",
           .patterns = kOnlyIdle,
           .prepare = "import no_such_module"},
};

}  // namespace cowbench::python

#endif  // COWBENCH_BENCHMARKS_TESTING_PYTHON_FAULTS_H_
