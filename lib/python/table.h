// The rows of the table of layouts, and that table as a catalog without Python,
// which a driver plans with.
#ifndef COWBENCH_LIB_PYTHON_TABLE_H_
#define COWBENCH_LIB_PYTHON_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "lib/python/statements.h"
#include "lib/workload/workload.h"

namespace cowbench::python {

// How many objects hold the elements; each has a reference count.
enum class Objects { kNone, kOne, kEach };

inline constexpr uint64_t kInt = 28;  // sys.getsizeof(), below 2**30

struct Layout {
  std::string_view name;
  uint64_t (*element_count)(uint64_t size);
  Objects objects;
  // An expression in `elements`.
  const char* build;
  std::span<const Pattern> patterns;
  // Statements that run before the build; not part of the data set.
  const char* prepare = "import gc";
  // Statements that run after the build.
  const char* finish = "pass";
  // The size of the object that holds an element, if there is one.
  uint64_t object_bytes = kInt;
  // An expression for a tuple of the objects that hold the data; null if `data`
  // holds it itself.
  const char* holders = nullptr;
  // False if no preset has it.
  bool in_default = true;
};

namespace internal {

inline constexpr uint64_t kReferenceCount = 8;

// Returns a function for the bytes of reference counts that a pattern stores
// to.
constexpr auto StoredBytesOf(const Pattern& pattern, Objects objects)
    -> uint64_t (*)(const workload::Touch&) {
  if (!pattern.visits || objects == Objects::kNone) {
    return [](const workload::Touch&) { return uint64_t{0}; };
  }
  if (objects == Objects::kOne) {
    return [](const workload::Touch&) { return kReferenceCount; };
  }
  if (pattern.visits_owned) {
    return [](const workload::Touch& touch) {
      return 2 * kReferenceCount * touch.touched;
    };
  }
  return [](const workload::Touch& touch) {
    return kReferenceCount * touch.touched;
  };
}

constexpr workload::PatternEntry Describe(const Pattern& pattern,
                                          Objects objects) {
  return {
      .name = pattern.name,
      .writes = pattern.writes || (pattern.visits && objects == Objects::kEach),
      .destroys = pattern.finalizes,
      .takes_touch = pattern.takes_touch,
      .takes_spread = false,
      .in_default = pattern.in_default,
      .own_subject = !pattern.in_default,
      .stored_bytes = StoredBytesOf(pattern, objects)};
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
                            // A statement determines the order.
                            .random_access = false,
                            .in_default = kTable[kLayout].in_default,
                            .patterns = kPatternEntries<kTable, kLayout>}...};
}

template <const auto& kTable>
inline constexpr auto kLayoutEntries =
    DescribeTable<kTable>(std::make_index_sequence<kTable.size()>());

}  // namespace internal

// Makes a catalog of a table such as kLayouts for a driver. Nothing in it can
// be built or run.
template <const auto& kTable>
constexpr workload::Catalog Describe() {
  return internal::kLayoutEntries<kTable>;
}

}  // namespace cowbench::python

#endif  // COWBENCH_LIB_PYTHON_TABLE_H_
