// The allocators to choose from: those that the program was built with, and the
// user's variants of them.
#ifndef COWBENCH_LIB_SUITE_ALLOCATORS_H_
#define COWBENCH_LIB_SUITE_ALLOCATORS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cowbench {

struct Allocator {
  std::string name;
  // The file that must define malloc: an absolute path, or the beginning of a
  // file name.
  std::string malloc_library = "";
  std::vector<std::string> environment = {};  // of the subject: "NAME=value"
  std::string subject = "";                   // path of the executable
  std::string base = "";   // of a variant: the allocator that it varies
  bool in_default = true;  // else, of the presets, only full has it
};

// The results' context has the settings of an allocator under a name with this
// end.
inline constexpr absl::string_view kSettingsSuffix = "_settings";

// Reads `list`, which is ALLOCATOR_LIST of //lib/subject:allocators.bzl or one
// like it. An allocator's subject is the runfile `prefix` followed by its name.
// Errors: kNotFound when a subject is missing.
absl::StatusOr<std::vector<Allocator>> FindAllocators(absl::string_view list,
                                                      absl::string_view prefix);

// Parses a variant of one of `known`: NAME=BASE[,preload=FILE][,ENV=VALUE...].
// It has the same subject with other environment variables, or with another
// malloc preloaded. A setting replaces the base's setting of the same name. A
// part that is not ENV=VALUE belongs to the value before it, so that values may
// contain commas.
// Errors: kInvalidArgument, naming the part that is wrong.
absl::StatusOr<Allocator> MakeVariant(absl::string_view text,
                                      const std::vector<Allocator>& known);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_ALLOCATORS_H_
