#include "lib/suite/counting_plan.h"

#include <algorithm>

namespace cowbench {
namespace {

bool Agree(const Sample& a, const Sample& b) {
  const bool both_counted = a.pages.has_value() && b.pages.has_value();
  return a.minor_faults == b.minor_faults && a.major_faults == b.major_faults &&
         (!both_counted || a.pages == b.pages);
}

}  // namespace

void CountingPlan::Add(absl::Span<const Sample> samples) {
  if (forks_++ == 0) {
    counted_.assign(samples.begin(), samples.end());
  }
  differ_ = differ_ || !std::equal(samples.begin(), samples.end(),
                                   counted_.begin(), counted_.end(), Agree);
}

}  // namespace cowbench
