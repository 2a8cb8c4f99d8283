// Where rules_cc has the library that Bazel has among its own tools.
#ifndef RULES_CC_CC_RUNFILES_RUNFILES_H_
#define RULES_CC_CC_RUNFILES_RUNFILES_H_

#include "tools/cpp/runfiles/runfiles.h"

namespace rules_cc::cc::runfiles {

using bazel::tools::cpp::runfiles::Runfiles;

}  // namespace rules_cc::cc::runfiles

#endif  // RULES_CC_CC_RUNFILES_RUNFILES_H_
