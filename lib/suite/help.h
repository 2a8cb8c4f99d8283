// What --help prints.
#ifndef COWBENCH_LIB_SUITE_HELP_H_
#define COWBENCH_LIB_SUITE_HELP_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "lib/suite/allocators.h"
#include "lib/suite/flags.h"
#include "lib/suite/matrix.h"

namespace cowbench {

// What users of a suite can choose from.
struct Choices {
  workload::Catalog catalog;
  const std::vector<Allocator>& allocators;
  absl::Span<const Preset> own_presets;
};

std::string HelpText(const Flags& flags, const Choices& choices);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_HELP_H_
