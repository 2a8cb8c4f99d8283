#include "lib/python/layouts.h"

#include <algorithm>
#include <cmath>

namespace cowbench::python {
namespace {

constexpr uint64_t kReferenceCount = 8;

uint64_t StoresNothing(const workload::Touch&) { return 0; }
uint64_t StoresOneCount(const workload::Touch&) { return kReferenceCount; }
uint64_t StoresCounts(const workload::Touch& touch) {
  return kReferenceCount * touch.touched;
}

workload::PatternEntry Describe(const Pattern& pattern, Objects objects) {
  workload::PatternEntry entry = {.name = pattern.name,
                                  .stored_bytes = StoresNothing};
  entry.writes =
      pattern.writes || (pattern.visits && objects == Objects::kEach);
  entry.takes_touch = pattern.takes_touch;
  if (pattern.visits && objects != Objects::kNone) {
    entry.stored_bytes =
        objects == Objects::kOne ? StoresOneCount : StoresCounts;
  }
  return entry;
}

}  // namespace

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

workload::LayoutEntry Describe(const Layout& layout) {
  workload::LayoutEntry entry = {.name = layout.name,
                                 .element_count = layout.element_count,
                                 // A statement has its own order.
                                 .random_access = false};
  for (const Pattern& pattern : layout.patterns) {
    if (!pattern.name.empty()) {
      entry.patterns.push_back(Describe(pattern, layout.objects));
    }
  }
  return entry;
}

workload::Catalog DescribeLayouts() {
  workload::Catalog catalog;
  for (const Layout& layout : kLayouts) {
    catalog.push_back(Describe(layout));
  }
  return catalog;
}

}  // namespace cowbench::python
