// Finds the files that Bazel puts beside this program.
#ifndef COWBENCH_LIB_SUITE_RUNFILES_H_
#define COWBENCH_LIB_SUITE_RUNFILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cowbench {

// The absolute path of the file `path` of the main repository. Errors:
// kNotFound.
absl::StatusOr<std::string> FindRunfile(absl::string_view path);

// NAME=VALUE of the environment variables by which a program that is one of
// these files finds the others. Bazel 7 makes it no folder of its own.
std::vector<std::string> RunfilesEnvironment();

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_RUNFILES_H_
