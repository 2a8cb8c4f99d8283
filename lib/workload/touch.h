// Which elements of a data set a pattern touches.
#ifndef COWBENCH_LIB_WORKLOAD_TOUCH_H_
#define COWBENCH_LIB_WORKLOAD_TOUCH_H_

#include <cstdint>

namespace cowbench {

// `touched` of `elements` elements, evenly spread: those with the numbers
// floor(j * elements / touched), j = 0, 1, ... touched - 1.
struct Touch {
  uint64_t elements;
  uint64_t touched;
};

// Calls `visit(i)` with the number of each touched element, in ascending
// order. Divides once, not for every element.
template <typename Visitor>
void ForEachTouched(const Touch& touch, Visitor visit) {
  if (touch.touched == touch.elements) {
    for (uint64_t i = 0; i < touch.elements; ++i) {
      visit(i);
    }
    return;
  }
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

}  // namespace cowbench

#endif  // COWBENCH_LIB_WORKLOAD_TOUCH_H_
