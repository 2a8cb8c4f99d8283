#include "benchmarks/calibration/registration.h"

#include "absl/strings/str_cat.h"
#include "benchmarks/calibration/markdown_reporter.h"
#include "lib/base/available_memory.h"
#include "lib/base/units.h"

namespace cowbench {

bool SkipWithoutMemory(uint64_t bytes, benchmark::State& state) {
  const uint64_t available = AvailableMemory();
  if (bytes <= available) {
    return false;
  }
  Unavailable(state, absl::StrCat(HumanBytes(static_cast<double>(bytes)),
                                  " of memory needed, ",
                                  HumanBytes(static_cast<double>(available)),
                                  " available"));
  return true;
}

}  // namespace cowbench
