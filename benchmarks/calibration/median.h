#ifndef COWBENCH_BENCHMARKS_CALIBRATION_MEDIAN_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_MEDIAN_H_

#include <algorithm>
#include <vector>

namespace cowbench {

// The upper one of the two in the middle; `values` must not be empty.
inline double Median(std::vector<double> values) {
  const auto middle =
      values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_MEDIAN_H_
