// What every program needs of whoever starts it.
#ifndef COWBENCH_LIB_BASE_STARTUP_H_
#define COWBENCH_LIB_BASE_STARTUP_H_

#include "absl/status/status.h"

namespace cowbench {

// Changes to where the user is: `bazel run` starts programs in their runfiles,
// and says in BUILD_WORKING_DIRECTORY what paths on the command line are
// relative to. Also looks for /proc, which all that is measured comes from, and
// for a kernel that is new enough.
// Errors: kFailedPrecondition, naming what is missing.
absl::Status StartUp();

}  // namespace cowbench

#endif  // COWBENCH_LIB_BASE_STARTUP_H_
