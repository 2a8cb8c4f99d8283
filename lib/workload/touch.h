// Which elements of a data set a pattern touches, and in which order.
#ifndef COWBENCH_LIB_WORKLOAD_TOUCH_H_
#define COWBENCH_LIB_WORKLOAD_TOUCH_H_

#include <cstdint>
#include <numeric>

namespace cowbench::workload {

// The order is ascending, or a fixed one that no prefetcher foresees.
enum class Order { kSequential, kShuffled };

// `touched` of `elements` elements, evenly spread: those with the numbers
// floor(j * elements / touched), j = 0, 1, ... touched - 1.
struct Touch {
  uint64_t elements;
  uint64_t touched;
  Order order = Order::kSequential;
};

namespace internal {

template <typename Visitor>
void VisitAscending(const Touch& touch, Visitor visit) {
  // Divides once, not for every element.
  const uint64_t step = touch.elements / touch.touched;
  const uint64_t remainder = touch.elements % touch.touched;
  uint64_t i = 0;
  uint64_t error = 0;
  for (uint64_t j = 0; j < touch.touched; ++j) {
    visit(i);
    i += step;
    error += remainder;
    if (error >= touch.touched) {
      error -= touch.touched;
      ++i;
    }
  }
}

template <typename Visitor>
void VisitShuffled(const Touch& touch, Visitor visit) {
  __extension__ using Wide = unsigned __int128;
  // A stride that has no divisor in common with the number of steps reaches
  // each once; the golden ratio keeps neighbours in time far apart in memory.
  auto stride = static_cast<uint64_t>(0.6180339887498949 *
                                      static_cast<double>(touch.touched));
  while (std::gcd(stride, touch.touched) != 1) {
    ++stride;
  }
  uint64_t j = 0;
  for (uint64_t count = 0; count < touch.touched; ++count) {
    visit(static_cast<uint64_t>(Wide{j} * touch.elements / touch.touched));
    j += stride;
    j -= j >= touch.touched ? touch.touched : 0;
  }
}

}  // namespace internal

// Calls `visit(i)` with the number of each touched element.
template <typename Visitor>
void ForEachTouched(const Touch& touch, Visitor visit) {
  if (touch.order == Order::kShuffled) {
    internal::VisitShuffled(touch, visit);
  } else if (touch.touched == touch.elements) {
    for (uint64_t i = 0; i < touch.elements; ++i) {
      visit(i);
    }
  } else {
    internal::VisitAscending(touch, visit);
  }
}

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_TOUCH_H_
