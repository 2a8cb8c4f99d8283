// What every program does first.
#ifndef COWBENCH_LIB_BASE_STARTUP_H_
#define COWBENCH_LIB_BASE_STARTUP_H_

#include "absl/status/status.h"

namespace cowbench {

// Checks that /proc is mounted and that the kernel is new enough. Then changes
// to the user's directory, so that paths on the command line mean what the user
// says: `bazel run` starts programs in their runfiles, and passes that
// directory in BUILD_WORKING_DIRECTORY.
// Errors: kFailedPrecondition, naming what is missing.
absl::Status StartUp();

}  // namespace cowbench

#endif  // COWBENCH_LIB_BASE_STARTUP_H_
