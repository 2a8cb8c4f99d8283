#include "lib/suite/counting_plan.h"

#include <algorithm>
#include <cstddef>

namespace cowbench {
namespace {

// If this many forks all differ, the case varies.
constexpr size_t kMaxUnconfirmed = 3;
constexpr int kMaxRepeatedForks = 5;

bool Agree(const Sample& a, const Sample& b) {
  const bool both_counted = a.pages.has_value() && b.pages.has_value();
  return a.minor_faults == b.minor_faults && a.major_faults == b.major_faults &&
         (!both_counted || a.pages == b.pages);
}

}  // namespace

bool CountingPlan::AgreesWithOneOf(absl::Span<const Sample> samples) const {
  return std::any_of(counted_.begin(), counted_.end(), [&](const auto& fork) {
    return std::equal(samples.begin(), samples.end(), fork.begin(), fork.end(),
                      Agree);
  });
}

bool CountingPlan::Repeat() {
  ++repeated_forks_;
  return false;
}

bool CountingPlan::Add(absl::Span<const Sample> samples) {
  if (varies_) {
    return true;
  }
  const bool agrees = AgreesWithOneOf(samples);
  if (confirmed_) {
    varies_ = !agrees && (check_ || repeated_forks_ == kMaxRepeatedForks);
    check_ = !agrees;
    return agrees || varies_ || Repeat();
  }
  confirmed_ = agrees;
  const bool is_first = counted_.empty();
  if (confirmed_) {
    counted_.clear();
  }
  counted_.emplace_back(samples.begin(), samples.end());
  varies_ = counted_.size() == kMaxUnconfirmed;
  return is_first || confirmed_ || varies_ || Repeat();
}

}  // namespace cowbench
