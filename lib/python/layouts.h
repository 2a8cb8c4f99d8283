// The layouts of the Python suite and the statements that run on each.
#ifndef COWBENCH_LIB_PYTHON_LAYOUTS_H_
#define COWBENCH_LIB_PYTHON_LAYOUTS_H_

#include <array>
#include <cstdint>

#include "lib/python/statements.h"
#include "lib/python/table.h"

namespace cowbench::python {

// Sizes are sys.getsizeof() of CPython 3.11 on 64 bits: a str of 15 ASCII
// characters has 64 bytes, an empty list 56 with the header that the collector
// puts before it, so has a namedtuple of two fields, a dataclass with two slots
// 48, a function 152, a pointer 8.
inline constexpr uint64_t kPointer = 8;
inline constexpr uint64_t kStr = 64;
inline constexpr uint64_t kList = 56;
inline constexpr uint64_t kNamedtuple = 56;
inline constexpr uint64_t kDataclass = 48;
inline constexpr uint64_t kFunction = 152;
// The size of a generated function's code, with what belongs to it alone,
// according to tracemalloc.
inline constexpr uint64_t kCode = 544;

template <uint64_t kElementBytes>
constexpr uint64_t CountOf(uint64_t size) {
  return size / kElementBytes;
}

// As many rows as columns.
uint64_t SquareCount(uint64_t size);
// The table of a dict grows by doubling; see Objects/dictobject.c.
uint64_t DictCount(uint64_t size);

inline constexpr char kNumpy[] =
    "fix_inputs(); import gc, math, mmap, numpy as np";
inline constexpr char kPandas[] = "fix_inputs(); import gc, pandas as pd";
inline constexpr char kGcOff[] = "import gc; gc.disable()";
inline constexpr char kFreeze[] = "gc.freeze()";

inline constexpr std::array kIntPatterns = {kIdle,  kLen,     kSum,     kFor,
                                            kIndex, kCollect, kFinalize};
inline constexpr std::array kListPatterns = {
    kIdle,       kLen,      kFor,           kIndex,
    kCollectAll, kNewLists, kFreezeInChild, kFinalize};
// A collection skips what gc.freeze() has moved away.
inline constexpr std::array kFrozenPatterns = {
    kIdle, kLen, kFor, kIndex, kCollect, kNewLists, kFinalize};

inline constexpr std::array kMatrixPatterns = {
    kIdle, kLen, kSumMethod, kFor, kIndexFlat, kWrite, kCollect, kFinalize};
inline constexpr std::array kArrayPatterns = {
    kIdle, kLen, kSumMethod, kFor, kIndex, kWrite, kCollect, kFinalize};
inline constexpr std::array kNumpyObjectPatterns = {
    kIdle, kLen, kSumMethod, kFor, kIndex, kCollect, kFinalize};
inline constexpr std::array kStrPatterns = {kIdle,  kLen,     kFor,
                                            kIndex, kCollect, kFinalize};
inline constexpr std::array kDictPatterns = {
    kIdle, kLen, kSumValues, kForValues, kIndex, kCollect, kFinalize};
inline constexpr std::array kSeriesPatterns = {
    kIdle, kLen, kFor, kIndexSeries, kCompare, kCollect, kFinalize};
inline constexpr std::array kRowPatterns = {
    kIdle, kLen, kFor, kFields, kIndex, kCollectAll, kFreezeInChild, kFinalize};
inline constexpr std::array kFunctionPatterns = {
    kIdle,      kLen,        kFor,           kCall,
    kCallOften, kCollectAll, kFreezeInChild, kFinalize};

// The functions of a program, each with its own code and constants. They are
// compiled one by one, so that no list of all of them is ever freed.
inline constexpr char kMakeFunctions[] =
    "import gc\n"
    "def make(elements):\n"
    "  functions = [None] * elements\n"
    "  for i in range(elements):\n"
    "    exec('def f(x):\\n'\n"
    "         '  y = x + %d\\n'\n"
    "         '  return y * 2 if y > 3 else y' % (1000 + i), globals())\n"
    "    functions[i] = f\n"
    "  return functions";

inline constexpr std::array kLayouts = {
    // numpy.ones((N, N)): one block of doubles.
    Layout{.name = "numpy_ones",
           .element_count = SquareCount,
           .objects = Objects::kNone,
           .build = "np.ones((math.isqrt(elements),) * 2)",
           .patterns = kMatrixPatterns,
           .prepare = kNumpy},
    // The same block in shared memory.
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
    // All pointers to one object, which the interpreter has anyway.
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
    // Elements that the collector tracks, as it does instances.
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
    // Memory that was never touched.
    Layout{.name = "numpy_zeros",
           .element_count = CountOf<8>,
           .objects = Objects::kNone,
           .build = "np.zeros(elements)",
           .patterns = kArrayPatterns,
           .prepare = kNumpy,
           .in_default = false},
    // A column of text: an array of pointers.
    Layout{.name = "pandas_strings",
           .element_count = CountOf<kPointer + kStr>,
           .objects = Objects::kEach,
           .build = "pd.Series(['%015d' % i for i in range(elements)])",
           .patterns = kSeriesPatterns,
           .prepare = kPandas,
           .object_bytes = kStr,
           .holders = "(data.values,)",
           .in_default = false},
    // The usual remedy in data loaders: one buffer of texts, and an array of
    // their offsets.
    Layout{.name = "packed_strings",
           .element_count = CountOf<15 + 8>,
           .objects = Objects::kNone,
           .build = "Packed(elements)",
           .patterns = kStrPatterns,
           .prepare =
               "import array, gc\n"
               "class Packed:\n"
               "  def __init__(self, elements):\n"
               "    self.text = b'0123456789abcde' * elements\n"
               "    self.offsets = array.array('q', [0]) * (elements + 1)\n"
               "    for i in range(elements + 1):\n"
               "      self.offsets[i] = 15 * i\n"
               "  def __len__(self):\n"
               "    return len(self.offsets) - 1\n"
               "  def __getitem__(self, i):\n"
               "    begin, end = self.offsets[i], self.offsets[i + 1]\n"
               "    return self.text[begin:end]",
           .holders = "(data.text, data.offsets)",
           .in_default = false},
    Layout{.name = "namedtuple",
           .element_count = CountOf<kPointer + kNamedtuple + kInt>,
           .objects = Objects::kEach,
           .build = "[Row(i, None) for i in range(elements)]",
           .patterns = kRowPatterns,
           .prepare = "import collections, gc\n"
                      "Row = collections.namedtuple('Row', 'key value')",
           .object_bytes = kNamedtuple,
           .in_default = false},
    Layout{.name = "dataclass_slots",
           .element_count = CountOf<kPointer + kDataclass + kInt>,
           .objects = Objects::kEach,
           .build = "[Row(i, None) for i in range(elements)]",
           .patterns = kRowPatterns,
           .prepare = "import dataclasses, gc\n"
                      "@dataclasses.dataclass(slots=True)\n"
                      "class Row:\n"
                      "  key: int\n"
                      "  value: object",
           .object_bytes = kDataclass,
           .in_default = false},
    Layout{.name = "functions",
           .element_count = CountOf<kPointer + kFunction + kCode>,
           .objects = Objects::kEach,
           .build = "make(elements)",
           .patterns = kFunctionPatterns,
           .prepare = kMakeFunctions,
           .object_bytes = kFunction,
           .in_default = false},
    // The same functions, after the parent called them often enough for CPython
    // to specialise their code (PEP 659).
    Layout{.name = "functions_warmed",
           .element_count = CountOf<kPointer + kFunction + kCode>,
           .objects = Objects::kEach,
           .build = "make(elements)",
           .patterns = kFunctionPatterns,
           .prepare = kMakeFunctions,
           .finish = "for _ in range(12):\n"
                     "  for f in data: f(1)",
           .object_bytes = kFunction,
           .in_default = false},
};

}  // namespace cowbench::python

#endif  // COWBENCH_LIB_PYTHON_LAYOUTS_H_
