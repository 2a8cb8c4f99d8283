// The layouts and patterns of the Python suite, as data that does not need
// Python: the statements that a subject compiles, and what a driver plans
// with.
#ifndef COWBENCH_LIB_PYTHON_LAYOUTS_H_
#define COWBENCH_LIB_PYTHON_LAYOUTS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "lib/workload/workload.h"

namespace cowbench::python {

// What a person would write, as the body of a function that knows `data`.
struct Pattern {
  std::string_view name = {};
  const char* statement = nullptr;
  // Takes a reference to every element on its way.
  bool visits = false;
  // The function knows `elements` and `touched` as well, and keeps to them.
  bool takes_touch = false;
  // Allocates, or makes the collector write, about as much as there is.
  bool writes = false;
};

// How many objects hold the elements; each has a reference count.
enum class Objects { kNone, kOne, kEach };

// Sizes are sys.getsizeof() of CPython 3.11 on 64 bits: an int below 2**30 has
// 28 bytes, a str of 15 ASCII characters 64, an empty list 56 with the header
// that the collector puts before it, a pointer 8.
inline constexpr uint64_t kPointer = 8;
inline constexpr uint64_t kInt = 28;
inline constexpr uint64_t kStr = 64;
inline constexpr uint64_t kList = 56;

struct Layout {
  std::string_view name;
  uint64_t (*element_count)(uint64_t size);
  Objects objects;
  // An expression in `elements`.
  const char* build;
  std::span<const Pattern> patterns;
  // Run before the build, and not part of the data set.
  const char* prepare = "import gc";
  // Run after the build.
  const char* finish = "pass";
  // Of the object that holds an element, if there are any.
  uint64_t object_bytes = kInt;
};

inline constexpr Pattern kIdle = {.name = "idle", .statement = "pass"};
inline constexpr Pattern kLen = {.name = "len", .statement = "len(data)"};
inline constexpr Pattern kSum = {
    .name = "sum", .statement = "sum(data)", .visits = true};
// Adds objects that it takes no reference to.
inline constexpr Pattern kSumMethod = {.name = "sum",
                                       .statement = "data.sum()"};
inline constexpr Pattern kSumValues = {
    .name = "sum", .statement = "sum(data.values())", .visits = true};
inline constexpr Pattern kFor = {
    .name = "for", .statement = "for x in data: pass", .visits = true};
inline constexpr Pattern kForValues = {
    .name = "for", .statement = "for x in data.values(): pass", .visits = true};
// By position, evenly spread as in every other suite (lib/workload/touch.h).
inline constexpr Pattern kIndex = {
    .name = "index",
    .statement = "for i in range(touched): data[i * elements // touched]",
    .visits = true,
    .takes_touch = true};
// Of an array with two dimensions.
inline constexpr Pattern kIndexFlat = {
    .name = "index",
    .statement = "for i in range(touched): data.flat[i * elements // touched]",
    .visits = true,
    .takes_touch = true};
inline constexpr Pattern kWrite = {
    .name = "write", .statement = "data.fill(2)", .writes = true};
inline constexpr Pattern kCollect = {.name = "gc_collect",
                                     .statement = "gc.collect()"};
// The same where the collector keeps track of the elements.
inline constexpr Pattern kCollectAll = {
    .name = "gc_collect", .statement = "gc.collect()", .writes = true};
// Work of its own with many new containers, which makes the collector start
// by itself. They are kept, so that no memory is given back to the kernel.
inline constexpr Pattern kNewLists = {
    .name = "new_lists",
    .statement = "global kept; kept = [[] for _ in range(touched)]",
    .takes_touch = true,
    .writes = true};

template <uint64_t kBytes>
constexpr uint64_t CountOf(uint64_t size) {
  return size / kBytes;
}

// As many rows as columns.
uint64_t SquareCount(uint64_t size);
// A dict's table doubles; see Objects/dictobject.c.
uint64_t DictCount(uint64_t size);

// Importing numpy stores the thread's id, which is an object of its own from
// 257 on; where ids start low, as in a container, runs would differ by it.
inline constexpr char kNumpy[] =
    "import _thread\n"
    "_thread.get_native_id = lambda: 1000\n"
    "import gc, math, mmap, numpy as np";
inline constexpr char kGcOff[] = "import gc; gc.disable()";
inline constexpr char kFreeze[] = "gc.freeze()";

inline constexpr std::array kIntPatterns = {kIdle, kLen,   kSum,
                                            kFor,  kIndex, kCollect};
inline constexpr std::array kListPatterns = {kIdle,  kLen,        kFor,
                                             kIndex, kCollectAll, kNewLists};
// What gc.freeze() has moved away is not looked at.
inline constexpr std::array kFrozenPatterns = {kIdle,  kLen,     kFor,
                                               kIndex, kCollect, kNewLists};

inline constexpr std::array kMatrixPatterns = {
    kIdle, kLen, kSumMethod, kFor, kIndexFlat, kWrite, kCollect};
inline constexpr std::array kArrayPatterns = {kIdle,  kLen,   kSumMethod, kFor,
                                              kIndex, kWrite, kCollect};
inline constexpr std::array kNumpyObjectPatterns = {kIdle, kLen,   kSumMethod,
                                                    kFor,  kIndex, kCollect};
inline constexpr std::array kStrPatterns = {kIdle, kLen, kFor, kIndex,
                                            kCollect};
inline constexpr std::array kDictPatterns = {kIdle,      kLen,   kSumValues,
                                             kForValues, kIndex, kCollect};

inline constexpr std::array kLayouts = {
    // numpy.ones((N, N)): one block of doubles.
    Layout{.name = "numpy_ones",
           .element_count = SquareCount,
           .objects = Objects::kNone,
           .build = "np.ones((math.isqrt(elements),) * 2)",
           .patterns = kMatrixPatterns,
           .prepare = kNumpy},
    // The same block in memory that is shared on purpose.
    Layout{.name = "numpy_shared",
           .element_count = CountOf<8>,
           .objects = Objects::kNone,
           .build = "np.frombuffer(mmap.mmap(-1, 8 * elements))",
           .patterns = kArrayPatterns,
           .prepare = kNumpy,
           .finish = "data.fill(1)"},
    // An array of pointers to ints.
    Layout{.name = "numpy_object",
           .element_count = CountOf<kPointer + kInt>,
           .objects = Objects::kEach,
           .build = "np.arange(elements).astype(object)",
           .patterns = kNumpyObjectPatterns,
           .prepare = kNumpy},
    Layout{.name = "array_array",
           .element_count = CountOf<8>,
           .objects = Objects::kNone,
           .build = "array.array('d', [1.0]) * elements",
           .patterns = kIntPatterns,
           .prepare = "import array, gc"},
    Layout{.name = "list_range",
           .element_count = CountOf<kPointer + kInt>,
           .objects = Objects::kEach,
           .build = "list(range(elements))",
           .patterns = kIntPatterns},
    Layout{.name = "list_range_frozen",
           .element_count = CountOf<kPointer + kInt>,
           .objects = Objects::kEach,
           .build = "list(range(elements))",
           .patterns = kIntPatterns,
           .finish = kFreeze},
    Layout{.name = "list_range_gc_off",
           .element_count = CountOf<kPointer + kInt>,
           .objects = Objects::kEach,
           .build = "list(range(elements))",
           .patterns = kIntPatterns,
           .prepare = kGcOff},
    // Every pointer to one object, which the interpreter has anyway.
    Layout{.name = "list_same",
           .element_count = CountOf<kPointer>,
           .objects = Objects::kOne,
           .build = "[1] * elements",
           .patterns = kIntPatterns},
    Layout{.name = "list_str",
           .element_count = CountOf<kPointer + kStr>,
           .objects = Objects::kEach,
           .build = "['%015d' % i for i in range(elements)]",
           .patterns = kStrPatterns,
           .object_bytes = kStr},
    // Elements that the collector keeps track of, as it does of instances.
    Layout{.name = "list_list",
           .element_count = CountOf<kPointer + kList>,
           .objects = Objects::kEach,
           .build = "[[] for _ in range(elements)]",
           .patterns = kListPatterns,
           .object_bytes = kList},
    Layout{.name = "list_list_frozen",
           .element_count = CountOf<kPointer + kList>,
           .objects = Objects::kEach,
           .build = "[[] for _ in range(elements)]",
           .patterns = kFrozenPatterns,
           .finish = kFreeze,
           .object_bytes = kList},
    Layout{.name = "list_list_gc_off",
           .element_count = CountOf<kPointer + kList>,
           .objects = Objects::kEach,
           .build = "[[] for _ in range(elements)]",
           .patterns = kListPatterns,
           .prepare = kGcOff,
           .object_bytes = kList},
    Layout{.name = "tuple_range",
           .element_count = CountOf<kPointer + kInt>,
           .objects = Objects::kEach,
           .build = "tuple(range(elements))",
           .patterns = kIntPatterns},
    Layout{.name = "dict_int",
           .element_count = DictCount,
           .objects = Objects::kEach,
           .build = "{i: i for i in range(elements)}",
           .patterns = kDictPatterns},
};

namespace internal {

// Bytes of reference counts that a pattern stores to.
template <Objects kObjects>
constexpr uint64_t StoredBytes(const workload::Touch& touch) {
  constexpr uint64_t kReferenceCount = 8;
  return kObjects == Objects::kNone  ? 0
         : kObjects == Objects::kOne ? kReferenceCount
                                     : kReferenceCount * touch.touched;
}

constexpr workload::PatternEntry Describe(const Pattern& pattern,
                                          Objects objects) {
  return {
      .name = pattern.name,
      .writes = pattern.writes || (pattern.visits && objects == Objects::kEach),
      .takes_touch = pattern.takes_touch,
      .takes_spread = false,
      .stored_bytes = !pattern.visits             ? StoredBytes<Objects::kNone>
                      : objects == Objects::kNone ? StoredBytes<Objects::kNone>
                      : objects == Objects::kOne  ? StoredBytes<Objects::kOne>
                                                 : StoredBytes<Objects::kEach>};
}

template <const auto& kTable, size_t kLayout>
inline constexpr auto kPatternEntries = [] {
  constexpr const Layout& kRow = kTable[kLayout];
  std::array<workload::PatternEntry, kRow.patterns.size()> entries;
  for (size_t i = 0; i < entries.size(); ++i) {
    entries[i] = Describe(kRow.patterns[i], kRow.objects);
  }
  return entries;
}();

template <const auto& kTable, size_t... kLayout>
constexpr auto DescribeTable(std::index_sequence<kLayout...>) {
  return std::array{
      workload::LayoutEntry{.name = kTable[kLayout].name,
                            .element_count = kTable[kLayout].element_count,
                            // A statement has its own order.
                            .random_access = false,
                            .patterns = kPatternEntries<kTable, kLayout>}...};
}

template <const auto& kTable>
inline constexpr auto kLayoutEntries =
    DescribeTable<kTable>(std::make_index_sequence<kTable.size()>());

}  // namespace internal

// The catalog of a table such as kLayouts as a driver needs it: nothing in it
// can be built or run.
template <const auto& kTable>
constexpr workload::Catalog Describe() {
  return internal::kLayoutEntries<kTable>;
}

}  // namespace cowbench::python

#endif  // COWBENCH_LIB_PYTHON_LAYOUTS_H_
