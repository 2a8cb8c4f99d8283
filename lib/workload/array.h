#ifndef COWBENCH_LIB_WORKLOAD_ARRAY_H_
#define COWBENCH_LIB_WORKLOAD_ARRAY_H_

#include <cstdint>
#include <cstdlib>
#include <new>
#include <string_view>

#include "lib/probe/mappings.h"

namespace cowbench::workload {

// Contiguous doubles: a numpy array, a column, an image.
//
// One page-aligned block with 8 bytes for each element: S bytes take exactly
// ceil(S / page) pages. Touching an element dirties only the page it lies on.
class Array {
 public:
  static constexpr std::string_view kName = "array";
  static constexpr std::string_view kMeaning =
      "contiguous doubles: a numpy array";
  static constexpr bool kOneObject = false;

  static uint64_t ElementCount(uint64_t size) { return size / sizeof(double); }

  explicit Array(uint64_t elements) {
    void* block = nullptr;
    if (posix_memalign(&block, probe::PageSize(), elements * sizeof(double)) !=
        0) {
      throw std::bad_alloc();
    }
    values_ = static_cast<double*>(block);
    for (uint64_t i = 0; i < elements; ++i) {
      values_[i] = 1;
    }
  }

  double& value(uint64_t i) { return values_[i]; }

 private:
  double* values_;
};

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_ARRAY_H_
