// The driver: the main program of a suite.
#ifndef COWBENCH_LIB_SUITE_SUITE_MAIN_H_
#define COWBENCH_LIB_SUITE_SUITE_MAIN_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/suite/matrix.h"
#include "lib/workload/workload.h"

namespace cowbench {

// Runs the cases that the command line selects. `allocators` and
// `subject_prefix` are for FindAllocators(); `own_presets` are this suite's
// presets besides those that every suite has.
//
// Returns the exit status: 0 when everything was measured, 1 when a case
// failed or the results could not be written, 2 for a mistake on the command
// line, 130 when interrupted.
int SuiteMain(int argc, char** argv, workload::Catalog catalog,
              absl::string_view allocators, absl::string_view subject_prefix,
              absl::Span<const Preset> own_presets = {});

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_SUITE_MAIN_H_
