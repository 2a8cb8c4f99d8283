// Building a data set whose elements are allocated one by one. Such a layout
// has
//   L(elements)          room for the elements, and none of them
//   Make(i)              makes element i; called for i = 0, 1, ..., in order if
//                        one thread builds
//   Finish()             optional: once all are there
//   kElementBytes        what an element's own allocation requests
//   kLeastElementBytes   the least that it can request instead; 0 where that
//                        cannot be chosen
//   ElementCount(size, bytes)  as LayoutEntry::element_count, for elements of
//                        so many bytes
// It frees all memory when it is destroyed.
#ifndef COWBENCH_LIB_WORKLOAD_BUILD_H_
#define COWBENCH_LIB_WORKLOAD_BUILD_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "lib/workload/builders.h"
#include "lib/workload/element.h"
#include "lib/workload/history.h"
#include "lib/workload/patterns.h"

namespace cowbench::workload {

// The state of the heap that the data set is built in.
enum class Heap {
  kFresh,  // nothing was there before
  kHoled,  // each element had a neighbour of its size, freed in the end
  kAged,   // a history went before, and goes on meanwhile
};

struct BuildOptions {
  Heap heap = Heap::kFresh;
  uint64_t element_bytes = 0;  // that each requests; 0 for the layout's own
  int builders = 1;            // threads
};

// What a heap that ages holds at its peak, in data sets. When the data set is
// complete, half of that is live: the data set, and as much beside it.
inline constexpr uint64_t kPeakOfAgedHeap = 4;

template <typename L>
concept Elementwise = requires(L layout, uint64_t i) {
  layout.Make(i);
  L::kElementBytes;
};

namespace internal {

// Not inlined: its frame is large, and a deeper stack is resident memory that
// the simplest data set does not need.
template <Elementwise L>
[[gnu::noinline]] L* BuildAmongOthers(uint64_t elements,
                                      const BuildOptions& options) {
  const uint64_t bytes = ElementBytes(L::kElementBytes);
  std::optional<History> history;
  if (options.heap == Heap::kAged) {
    history.emplace(kPeakOfAgedHeap * elements * bytes);
  }
  auto* const layout = new L(elements);
  const std::unique_ptr<L> neighbours(
      options.heap == Heap::kHoled ? new L(elements) : nullptr);
  uint64_t made = 0;
  DealToBuilders(options.builders, elements, [&](uint64_t i) {
    ++made;
    if (history.has_value()) {
      // Frees three bytes for each that the data set gets.
      history->ShrinkTo((kPeakOfAgedHeap * elements - 3 * made) * bytes);
    }
    layout->Make(i);
    if (neighbours != nullptr) {
      neighbours->Make(i);
    }
  });
  return layout;
}

}  // namespace internal

// Throws std::bad_alloc, or std::runtime_error when there can be no thread.
template <Elementwise L>
L* BuildElementwise(uint64_t elements, const BuildOptions& options) {
  element_bytes = options.element_bytes;
  L* layout = nullptr;
  if (options.heap == Heap::kFresh && options.builders == 1) {
    layout = new L(elements);
    for (uint64_t i = 0; i < elements; ++i) {
      layout->Make(i);
    }
  } else {
    layout = internal::BuildAmongOthers<L>(elements, options);
  }
  if constexpr (requires { layout->Finish(); }) {
    layout->Finish();
  }
  return layout;
}

// Makes each element once more, in order, and only then frees the old ones.
// A thread of its own does so: to a new thread, most allocators give memory
// that nobody has used, where the caller's would be the holes that others have
// left. Returns the new data set. Throws like BuildElementwise().
template <Elementwise L>
L* Compact(L* old, uint64_t elements) {
  L* layout = nullptr;
  InThreadOfItsOwn([&] {
    layout = new L(elements);
    for (uint64_t i = 0; i < elements; ++i) {
      layout->Make(i);
      // Where this cannot be done, all elements have the same value.
      if constexpr (RandomAccess<L> && CanStore<L>) {
        layout->value(i) = old->value(i);
      }
    }
  });
  delete old;
  return layout;
}

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_BUILD_H_
