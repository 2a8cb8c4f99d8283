#include "lib/python/layouts.h"

#include <algorithm>
#include <cmath>

namespace cowbench::python {
uint64_t SquareCount(uint64_t size) {
  const uint64_t count = size / sizeof(double);
  auto side = static_cast<uint64_t>(std::sqrt(static_cast<double>(count)));
  while (side * side > count) {  // rounded up
    --side;
  }
  return side * side;
}

uint64_t DictCount(uint64_t size) {
  constexpr uint64_t kEntry = 24;  // hash, key, value
  uint64_t count = 0;
  for (uint64_t slots = 8;; slots *= 2) {
    const uint64_t usable = slots * 2 / 3;
    const uint64_t index = slots <= 0x80         ? 1
                           : slots <= 0x8000     ? 2
                           : slots <= 0x80000000 ? 4
                                                 : 8;
    const uint64_t table = slots * index + usable * kEntry;
    if (table >= size) {
      return count;
    }
    count = std::max(count, std::min(usable, (size - table) / kInt));
  }
}

}  // namespace cowbench::python
