// The driver: the main program of a suite.
#ifndef COWBENCH_LIB_SUITE_SUITE_MAIN_H_
#define COWBENCH_LIB_SUITE_SUITE_MAIN_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/suite/context.h"
#include "lib/suite/matrix.h"
#include "lib/workload/workload.h"

namespace cowbench {

struct Suite {
  workload::Catalog catalog;
  absl::string_view allocators;      // for FindAllocators()
  absl::string_view subject_prefix;  // the same
  // Besides the presets that every suite has.
  absl::Span<const Preset> presets = {};
  // Besides EnvironmentContext(). Called before cases run; null: nothing.
  ContextItems (*context)() = nullptr;
};

// Runs the cases that the command line selects.
//
// Returns the exit status: 0 when everything was measured, 1 when a case
// failed or the results could not be written, 2 for a mistake on the command
// line, 130 when interrupted.
int SuiteMain(int argc, char** argv, const Suite& suite);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_SUITE_MAIN_H_
