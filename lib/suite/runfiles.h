// What this program needs beside itself, where Bazel has put it.
#ifndef COWBENCH_LIB_SUITE_RUNFILES_H_
#define COWBENCH_LIB_SUITE_RUNFILES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cowbench {

// Where the file `path` of the main repository is. Errors: kNotFound.
absl::StatusOr<std::string> FindRunfile(absl::string_view path);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_RUNFILES_H_
