// Which elements of a data set a pattern touches, and in which order.
#ifndef COWBENCH_LIB_WORKLOAD_TOUCH_H_
#define COWBENCH_LIB_WORKLOAD_TOUCH_H_

#include <bit>
#include <cstdint>
#include <numeric>

namespace cowbench::workload {

// Ascending, or a fixed order that no prefetcher predicts.
enum class Order { kSequential, kShuffled };

// How the touched elements are chosen, by number.
enum class Spread : uint8_t {
  kEven,       // floor(j * elements / touched), j = 0, 1, ... touched - 1
  kClustered,  // the first ones
  kRandom,     // drawn at random, all equally likely
  kZipf,       // drawn at random, number i in proportion to 1 / (i + 1): the
               // elements that were made first are the likeliest
};

// Selects `touched` different elements out of `elements`.
struct Touch {
  uint64_t elements;
  uint64_t touched;
  Order order = Order::kSequential;
  Spread spread = Spread::kEven;
  // The selection of a random spread (lib/workload/spread.h): bit i % 64 of
  // word i / 64 is set for each touched element i.
  const uint64_t* chosen = nullptr;
};

// The number of 64-bit words with a bit for each element.
inline uint64_t SelectionWords(uint64_t elements) {
  return elements / 64 + (elements % 64 != 0 ? 1 : 0);
}

namespace internal {

template <typename Visitor>
void VisitAscending(const Touch& touch, Visitor visit) {
  // Divides once instead of once for each element.
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
  // A stride coprime to the number of steps reaches each step once. The golden
  // ratio keeps steps that follow each other in time far apart in memory.
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

// Shuffles the words of the selection, but visits the elements of one word in
// order.
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
  Touch first = touch;  // clustered: all of the first `touched` elements
  if (touch.spread == Spread::kClustered) {
    first.elements = touch.touched;
  }
  internal::VisitEven(first, visit);
}

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_TOUCH_H_
