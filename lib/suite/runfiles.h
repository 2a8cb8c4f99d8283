// Finds the files that Bazel puts beside this program.
#ifndef COWBENCH_LIB_SUITE_RUNFILES_H_
#define COWBENCH_LIB_SUITE_RUNFILES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cowbench {

// The absolute path of the file `path` of the main repository. Errors:
// kNotFound.
absl::StatusOr<std::string> FindRunfile(absl::string_view path);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_RUNFILES_H_
