#ifndef COWBENCH_LIB_SUITE_VERSION_H_
#define COWBENCH_LIB_SUITE_VERSION_H_

namespace cowbench {

// Raised when figures of an older version no longer compare: semantic
// versioning of what is measured and of the names it is reported under.
inline constexpr char kVersion[] = "0.1.0";

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_VERSION_H_
