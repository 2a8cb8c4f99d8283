// The allocators that there are: those that the program was built with, and
// the user's variants of them.
#ifndef COWBENCH_LIB_SUITE_ALLOCATORS_H_
#define COWBENCH_LIB_SUITE_ALLOCATORS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cowbench {

struct Allocator {
  std::string name;
  // The file that must define malloc: its whole path, or the beginning of its
  // name in any folder.
  std::string malloc_library = "";
  std::vector<std::string> environment = {};  // of the subject: "NAME=value"
  std::string subject = "";                   // path of the executable
  bool is_variant = false;
};

// The settings of an allocator are in the results' context under this name.
inline constexpr absl::string_view kSettingsSuffix = "_settings";

// Those in `list`, as //lib/subject:allocators.bzl writes it, whose subjects
// are called `prefix` and their name in the runfiles.
// Errors: kNotFound when the runfiles lack one.
absl::StatusOr<std::vector<Allocator>> FindAllocators(absl::string_view list,
                                                      absl::string_view prefix);

// A variant of one of `known`, from NAME=BASE[,preload=FILE][,ENV=VALUE...]:
// the same subject with other environment variables, or with another malloc
// preloaded. A setting replaces the base's setting of the same name. A part
// that is not ENV=VALUE belongs to the value before it, so that values may
// contain commas.
// Errors: kInvalidArgument, naming the part that is wrong.
absl::StatusOr<Allocator> MakeVariant(absl::string_view text,
                                      const std::vector<Allocator>& known);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_ALLOCATORS_H_
