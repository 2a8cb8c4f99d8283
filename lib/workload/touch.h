// Which elements of a data set a pattern touches, and in which order.
#ifndef COWBENCH_LIB_WORKLOAD_TOUCH_H_
#define COWBENCH_LIB_WORKLOAD_TOUCH_H_

#include <bit>
#include <cstdint>
#include <numeric>

namespace cowbench::workload {

// The order is ascending, or a fixed one that no prefetcher foresees.
enum class Order { kSequential, kShuffled };

// Which elements, by their numbers.
enum class Spread : uint8_t {
  kEven,       // floor(j * elements / touched), j = 0, 1, ... touched - 1
  kClustered,  // the first ones
  kRandom,     // drawn by lot, all alike
  kZipf,       // drawn by lot, number i in proportion to 1 / (i + 1): those
               // that were made first are touched most often
};

// `touched` different ones of `elements` elements.
struct Touch {
  uint64_t elements;
  uint64_t touched;
  Order order = Order::kSequential;
  Spread spread = Spread::kEven;
  // For a spread that is drawn by lot, what was drawn (lib/workload/spread.h):
  // bit i % 64 of word i / 64 is set for each touched element i.
  const uint64_t* chosen = nullptr;
};

// 64-bit words that it takes to have a bit for each element.
inline uint64_t SelectionWords(uint64_t elements) {
  return elements / 64 + (elements % 64 != 0 ? 1 : 0);
}

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

template <typename Visitor>
void VisitEven(const Touch& touch, Visitor visit) {
  if (touch.order == Order::kShuffled) {
    VisitShuffled(touch, visit);
  } else if (touch.touched == touch.elements) {
    for (uint64_t i = 0; i < touch.elements; ++i) {
      visit(i);
    }
  } else {
    VisitAscending(touch, visit);
  }
}

// Shuffled are words of the selection; the elements of one follow each other.
template <typename Visitor>
void VisitChosen(const Touch& touch, Visitor visit) {
  const uint64_t words = SelectionWords(touch.elements);
  VisitEven(
      {.elements = words, .touched = words, .order = touch.order},
      [&](uint64_t word) {
        for (uint64_t bits = touch.chosen[word]; bits != 0; bits &= bits - 1) {
          visit(64 * word + static_cast<uint64_t>(std::countr_zero(bits)));
        }
      });
}

}  // namespace internal

// Calls `visit(i)` with the number of each touched element.
template <typename Visitor>
void ForEachTouched(const Touch& touch, Visitor visit) {
  if (touch.chosen != nullptr) {
    internal::VisitChosen(touch, visit);
    return;
  }
  Touch first = touch;  // all of the first ones
  if (touch.spread == Spread::kClustered) {
    first.elements = touch.touched;
  }
  internal::VisitEven(first, visit);
}

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_TOUCH_H_
