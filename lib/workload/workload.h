// A catalog of layouts and the patterns that each of them supports, as data:
// what the driver plans with and the subject carries out.
#ifndef COWBENCH_LIB_WORKLOAD_WORKLOAD_H_
#define COWBENCH_LIB_WORKLOAD_WORKLOAD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "lib/workload/build.h"
#include "lib/workload/patterns.h"
#include "lib/workload/touch.h"

namespace cowbench::workload {

struct PatternEntry {
  std::string_view name;
  std::string_view meaning = {};  // what the writer does
  // False when it stores nothing, not even by calling the allocator.
  bool writes = false;
  // It changes the data set or the heap for good.
  bool destroys = false;
  // False when it always visits all elements.
  bool takes_touch = true;
  // False when only the number of touched elements matters, or when the pattern
  // has a spread of its own.
  bool takes_spread = true;
  // False when, of the presets, only full has it. It is run where it is named.
  bool in_default = true;
  // A child ends by executing a tiny program.
  bool execs = false;
  // The name of what a parent runs as the writer, once its children have run
  // this pattern. Empty: this pattern, while the children sit still.
  std::string_view then = "";
  // Distinct bytes that the pattern logically stores to; 0 when it stores
  // nothing of its own.
  uint64_t (*stored_bytes)(const Touch& touch) = nullptr;
  // What the parent must do before it forks, if anything, such as compiling a
  // statement. It may change the heap: only what is not in_default may have it.
  // Throws like `run`.
  void (*prepare)() = nullptr;
  void (*run)(void* data_set, const Touch& touch) = nullptr;
};

using MemoryVisitor = absl::FunctionRef<void(const void* begin, size_t bytes)>;

// What a layout offers beside whose elements are allocated one by one.
struct ElementwiseEntry {
  // The least that an element can be made to request; 0 where there is no
  // choice.
  uint64_t least_element_bytes;
  // LayoutEntry::element_count for elements that request so many bytes.
  uint64_t (*element_count)(uint64_t size, uint64_t element_bytes);
  // LayoutEntry::build with these options.
  void* (*build)(uint64_t elements, const BuildOptions& options);
  // Moves the elements into new memory and frees the old. Returns the data set
  // that takes the place of the one given. Throws like `build`.
  void* (*compact)(void* data_set, uint64_t elements);
};

struct LayoutEntry {
  std::string_view name;
  std::string_view meaning = {};  // what it stands for
  // The number of elements for which the layout requests no more than `size`
  // bytes; 0 when not even one fits.
  uint64_t (*element_count)(uint64_t size) = nullptr;
  // What the data set needs and is no part of it, such as an interpreter; null
  // if nothing. Throws like `build`.
  void (*prepare)() = nullptr;
  // The data set, which lives as long as the process. Throws std::bad_alloc, or
  // an exception with a message of one line.
  void* (*build)(uint64_t elements) = nullptr;
  // Calls `visit(begin, bytes)` for all memory that holds elements; null where
  // that is not known.
  void (*visit_memory)(void* data_set, uint64_t elements,
                       MemoryVisitor visit) = nullptr;
  // Null where elements are not allocated one by one.
  const ElementwiseEntry* elementwise = nullptr;
  // Whether its elements can be visited in any order.
  bool random_access = true;
  // False when no preset has it, because a machine may lack what it needs.
  bool in_default = true;
  std::span<const PatternEntry> patterns = {};
};

// All entries lie in static storage: what a catalog lists must not change the
// heap of the subject that is measured.
using Catalog = std::span<const LayoutEntry>;

// Null when there is none of that name.
const LayoutEntry* FindLayout(Catalog catalog, std::string_view name);
const PatternEntry* FindPattern(const LayoutEntry& layout,
                                std::string_view name);

template <typename... T>
struct TypeList {};

namespace internal {

// Not inlined, so that the code measured is the same wherever it is called.
template <typename Pattern, typename Layout>
[[gnu::noinline]] void Run(void* data_set, const Touch& touch) {
  Pattern::Run(*static_cast<Layout*>(data_set), touch);
}

template <typename Layout>
void VisitMemory(void* data_set, uint64_t elements, MemoryVisitor visit) {
  auto& layout = *static_cast<Layout*>(data_set);
  Visit(layout, {.elements = elements, .touched = elements},
        [&](Element<Layout> e) { VisitParts(layout, e, visit); });
}

template <typename Pattern, typename Layout>
concept Supports = requires(Layout& layout, const Touch& touch) {
  Pattern::Run(layout, touch);
};

template <typename Pattern, typename Layout>
constexpr PatternEntry MakePatternEntry() {
  return {
      .name = Pattern::kName,
      .meaning = Pattern::kMeaning,
      .writes = Pattern::template kWrites<Layout>,
      .destroys = Pattern::template kDestroys<Layout>,
      .takes_spread = Pattern::kVisits,
      .in_default = Pattern::kInDefault,
      .execs = Pattern::kExecs,
      .then = Pattern::kThen,
      .stored_bytes =
          [](const Touch& touch) {
            return Pattern::template kStoredBytes<Layout> *
                   (Layout::kOneObject ? 1 : touch.touched);
          },
      .run = &Run<Pattern, Layout>,
  };
}

template <typename Layout, typename... Patterns>
constexpr auto MakePatternEntries(TypeList<Patterns...>) {
  std::array<PatternEntry, (size_t{Supports<Patterns, Layout>} + ...)> entries;
  size_t count = 0;
  const auto add = [&]<typename Pattern>(TypeList<Pattern>) {
    if constexpr (Supports<Pattern, Layout>) {
      entries[count++] = MakePatternEntry<Pattern, Layout>();
    }
  };
  (add(TypeList<Patterns>()), ...);
  return entries;
}

template <typename Layout, typename Patterns>
inline constexpr auto kPatternEntries = MakePatternEntries<Layout>(Patterns());

template <Elementwise Layout>
inline constexpr ElementwiseEntry kElementwiseEntry = {
    .least_element_bytes = Layout::kLeastElementBytes,
    .element_count = &Layout::ElementCount,
    .build = [](uint64_t elements, const BuildOptions& options) -> void* {
      return BuildElementwise<Layout>(elements, options);
    },
    .compact = [](void* data_set, uint64_t elements) -> void* {
      return Compact(static_cast<Layout*>(data_set), elements);
    },
};

template <typename Layout>
constexpr bool InDefault() {
  if constexpr (requires { Layout::kInDefault; }) {
    return Layout::kInDefault;
  }
  return true;
}

template <typename Layout, typename Patterns>
constexpr LayoutEntry MakeLayoutEntry() {
  LayoutEntry entry = {
      .name = Layout::kName,
      .meaning = Layout::kMeaning,
      .element_count = [](uint64_t size) { return Layout::ElementCount(size); },
      .visit_memory = &VisitMemory<Layout>,
      .random_access = RandomAccess<Layout>,
      .in_default = InDefault<Layout>(),
      .patterns = kPatternEntries<Layout, Patterns>,
  };
  if constexpr (Elementwise<Layout>) {
    entry.elementwise = &kElementwiseEntry<Layout>;
    entry.build = [](uint64_t elements) -> void* {
      return BuildElementwise<Layout>(elements, {});
    };
  } else {
    entry.build = [](uint64_t elements) -> void* {
      return new Layout(elements);
    };
  }
  return entry;
}

template <typename Patterns, typename... Layouts>
inline constexpr LayoutEntry kLayoutEntries[] = {
    MakeLayoutEntry<Layouts, Patterns>()...};

}  // namespace internal

// Each layout with those of the patterns that it supports.
template <typename... Layouts, typename Patterns>
constexpr Catalog CatalogOf(TypeList<Layouts...>, Patterns) {
  return internal::kLayoutEntries<Patterns, Layouts...>;
}

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_WORKLOAD_H_
