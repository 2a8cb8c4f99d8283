// What is done to a data set after the fork. A pattern works on every layout
// that offers what it needs; one that does not offer it is not in the catalog.
//
// A pattern has a name, Run(), whether anything is written to at all, and the
// number of bytes that it stores itself for each object that it touches,
// however often.
#ifndef COWBENCH_LIB_WORKLOAD_PATTERNS_H_
#define COWBENCH_LIB_WORKLOAD_PATTERNS_H_

#include <cstdint>
#include <string_view>

#include "lib/workload/touch.h"

namespace cowbench {

template <typename L>
concept HasValues = requires(L layout) {
  layout.value(0);
};
template <typename L>
concept HasRefcounts = requires(L layout) {
  layout.refcount(0);
};
template <typename L>
concept HasElementsToFree = requires(L layout) {
  layout.Free(0);
};

// Makes the compiler believe that `value` is used.
template <typename T>
inline void Use(const T& value) {
  asm volatile("" : : "m"(value) : "memory");
}

// Nothing at all: what is seen here is the cost of the fork itself.
struct Idle {
  static constexpr std::string_view kName = "idle";
  static constexpr bool kWrites = false;
  static constexpr uint64_t kStoredBytes = 0;

  template <typename L>
  static void Run(L&, const Touch&) {}
};

// Sums the values.
struct Read {
  static constexpr std::string_view kName = "read";
  static constexpr bool kWrites = false;
  static constexpr uint64_t kStoredBytes = 0;

  template <HasValues L>
  static void Run(L& layout, const Touch& touch) {
    auto sum = layout.value(0) - layout.value(0);
    ForEachTouched(touch, [&](uint64_t i) { sum += layout.value(i); });
    Use(sum);
  }
};

// Takes a reference to each element, uses it and drops it again: what
// iterating over a Python list does.
struct Refcount {
  static constexpr std::string_view kName = "refcount";
  static constexpr bool kWrites = true;
  static constexpr uint64_t kStoredBytes = sizeof(int64_t);

  template <typename L>
  requires HasValues<L> && HasRefcounts<L>
  static void Run(L& layout, const Touch& touch) {
    int64_t sum = 0;
    ForEachTouched(touch, [&](uint64_t i) {
      // volatile: otherwise the count that ends where it began is not stored.
      volatile int64_t& refcount = layout.refcount(i);
      refcount = refcount + 1;
      sum += layout.value(i);
      refcount = refcount - 1;
    });
    Use(sum);
  }
};

// Stores a new value in each element.
struct Write {
  static constexpr std::string_view kName = "write";
  static constexpr bool kWrites = true;
  static constexpr uint64_t kStoredBytes = sizeof(int64_t);

  template <HasValues L>
  static void Run(L& layout, const Touch& touch) {
    ForEachTouched(touch, [&](uint64_t i) { layout.value(i) = 2; });
    Use(layout);
  }
};

// Frees the elements one by one, in the order in which they were allocated.
// What it copies is the allocator's doing: it stores nothing itself.
struct Free {
  static constexpr std::string_view kName = "free";
  static constexpr bool kWrites = true;
  static constexpr uint64_t kStoredBytes = 0;

  template <HasElementsToFree L>
  static void Run(L& layout, const Touch& touch) {
    ForEachTouched(touch, [&](uint64_t i) { layout.Free(i); });
  }
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_WORKLOAD_PATTERNS_H_
