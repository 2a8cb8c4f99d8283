#ifndef COWBENCH_LIB_SUITE_VERSION_H_
#define COWBENCH_LIB_SUITE_VERSION_H_

namespace cowbench {

// Semantic version of what is measured and of its names in the results. It
// rises when results of an older version can no longer be compared.
inline constexpr char kVersion[] = "0.1.0";

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_VERSION_H_
