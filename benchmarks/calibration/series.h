#ifndef COWBENCH_BENCHMARKS_CALIBRATION_SERIES_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_SERIES_H_

#include <algorithm>
#include <cstddef>
#include <vector>

namespace cowbench {

// Values of one kind, one for each iteration.
class Series {
 public:
  static constexpr size_t kMaxValues = 201;

  // Allocates and touches all its memory at once, because the parent's memory
  // must not change between forks.
  Series() : values_(kMaxValues) { values_.clear(); }

  void Add(double value) { values_.push_back(value); }

  // For an even number of values, the upper one in the middle. There must be at
  // least one value.
  double median() const {
    std::vector<double> values = values_;
    const auto middle =
        values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
  }

 private:
  std::vector<double> values_;
};

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_SERIES_H_
