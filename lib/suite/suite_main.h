// The driver: a main program around a catalog and a table of allocators.
#ifndef COWBENCH_LIB_SUITE_SUITE_MAIN_H_
#define COWBENCH_LIB_SUITE_SUITE_MAIN_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/suite/matrix.h"
#include "lib/workload/workload.h"

namespace cowbench {

// Runs the cases that the command line selects. `allocators` is
// ALLOCATOR_LIST of lib/subject/allocators.bzl, `subject_prefix` what stands
// before an allocator's name in the runfiles path of its subject,
// `own_presets` what this suite has beside the presets of every suite.
//
// Returns the exit status: 0 when everything was measured, 1 when a case
// failed or the results could not be written, 2 for a mistake on the command
// line, 130 when interrupted.
int SuiteMain(int argc, char** argv, workload::Catalog catalog,
              absl::string_view allocators, absl::string_view subject_prefix,
              absl::Span<const Preset> own_presets = {});

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_SUITE_MAIN_H_
