// Builds data sets whose elements are allocated one by one. Such a layout has
//   L(elements)          room for the elements, but no element yet
//   Make(i)              makes element i; called for i = 0, 1, ..., in order if
//                        one thread builds
//   Finish()             optional: called when all elements are made
//   kElementBytes        what an element's own allocation requests
//   kLeastElementBytes   the minimum that it can request instead; 0 if its
//                        size is fixed
//   ElementCount(size, bytes)  as LayoutEntry::element_count, for elements of
//                        `bytes` bytes
// Its destructor frees all memory.
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

// The state of the heap in which the data set is built.
enum class Heap {
  kFresh,  // empty
  kHoled,  // each element had a neighbour of its size, freed at the end
  kAged,   // with a History before and during the build
};

struct BuildOptions {
  Heap heap = Heap::kFresh;
  uint64_t element_bytes = 0;  // for each element; 0 for the size of the layout
  int builders = 1;            // threads
};

// The peak size of an aged heap, in units of the data set. When the data set is
// complete, half of the peak is live: the data set, and as much beside it.
inline constexpr uint64_t kPeakOfAgedHeap = 4;

template <typename L>
concept Elementwise = requires(L layout, uint64_t i) {
  layout.Make(i);
  L::kElementBytes;
};

namespace internal {

// Not inlined: its large stack frame would become resident memory, which the
// simplest data set does not need.
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
      // Frees three bytes for each byte that the data set gains.
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

// Throws std::bad_alloc, or std::runtime_error if it cannot start a thread.
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

// Makes a copy of each element, in order, and only then frees the old ones.
// Does so in a new thread: there, most allocators use fresh memory, while in
// the calling thread they would use the holes that freed blocks left. Returns
// the new data set. Throws like BuildElementwise().
template <Elementwise L>
L* Compact(L* old, uint64_t elements) {
  L* layout = nullptr;
  InThreadOfItsOwn([&] {
    layout = new L(elements);
    for (uint64_t i = 0; i < elements; ++i) {
      layout->Make(i);
      // In layouts without this, all elements have the same value.
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
