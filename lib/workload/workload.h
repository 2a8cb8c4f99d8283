// The catalog of layouts and the patterns that each supports, as data. The
// driver plans with it; the subject runs it.
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
  std::string_view meaning = {};  // says what the writer does
  // False if nothing is stored, not even by the allocator.
  bool writes = false;
  // Whether it changes the data set or the heap for good.
  bool destroys = false;
  // False if it always visits all elements.
  bool takes_touch = true;
  // False if only the number of touched elements matters, or if the pattern has
  // a spread of its own.
  bool takes_spread = true;
  // False if the only preset that has it is full. It still runs where it is
  // named.
  bool in_default = true;
  // Whether the pattern needs a subject to itself, because `prepare` may change
  // the heap.
  bool own_subject = false;
  // Whether a child ends by executing a tiny program.
  bool execs = false;
  // The pattern that the parent runs as the writer after its children have run
  // this one. Empty: the parent runs this pattern while its children wait.
  std::string_view then = "";
  // How many distinct bytes the pattern itself stores to; 0 if none.
  uint64_t (*stored_bytes)(const Touch& touch) = nullptr;
  // Work for the parent before it forks, such as compiling a statement; null if
  // there is none. Only patterns with `own_subject` may have it. Throws like
  // `run`.
  void (*prepare)() = nullptr;
  void (*run)(void* data_set, const Touch& touch) = nullptr;
};

using MemoryVisitor = absl::FunctionRef<void(const void* begin, size_t bytes)>;

// What a layout whose elements are allocated one by one offers in addition.
struct ElementwiseEntry {
  // The minimum number of bytes that an element can request; 0 if its size is
  // fixed.
  uint64_t least_element_bytes;
  // LayoutEntry::element_count for elements of `element_bytes` bytes.
  uint64_t (*element_count)(uint64_t size, uint64_t element_bytes);
  // LayoutEntry::build with these options.
  void* (*build)(uint64_t elements, const BuildOptions& options);
  // Moves the elements into new memory and frees the old memory. Returns the
  // new data set, which replaces the given one. Throws like `build`.
  void* (*compact)(void* data_set, uint64_t elements);
};

struct LayoutEntry {
  std::string_view name;
  std::string_view meaning = {};  // says what it stands for
  // The largest number of elements for which the layout requests at most `size`
  // bytes; 0 if not even one fits.
  uint64_t (*element_count)(uint64_t size) = nullptr;
  // Sets up what the data set needs but does not contain, such as an
  // interpreter; null if there is nothing. Throws like `build`.
  void (*prepare)() = nullptr;
  // Builds the data set, which lives until the process ends. Throws
  // std::bad_alloc, or an exception with a message of one line.
  void* (*build)(uint64_t elements) = nullptr;
  // Calls `visit(begin, bytes)` for all memory that holds elements; null if
  // that is not known.
  void (*visit_memory)(void* data_set, uint64_t elements,
                       MemoryVisitor visit) = nullptr;
  // Null if the elements are not allocated one by one.
  const ElementwiseEntry* elementwise = nullptr;
  // Whether its elements can be visited in any order.
  bool random_access = true;
  // False if no preset has it, because a machine may lack what it needs.
  bool in_default = true;
  std::span<const PatternEntry> patterns = {};
};

// All entries are in static storage: a change of the catalog must not change
// the heap of the measured subject.
using Catalog = std::span<const LayoutEntry>;

// These return null if there is no entry of that name.
const LayoutEntry* FindLayout(Catalog catalog, std::string_view name);
const PatternEntry* FindPattern(const LayoutEntry& layout,
                                std::string_view name);

// What a parent runs as the writer: `then` of the pattern, or the pattern
// itself.
const PatternEntry* PatternOfParent(const LayoutEntry& layout,
                                    const PatternEntry* pattern);

template <typename... T>
struct TypeList {};

namespace internal {

// Not inlined, so that every caller runs the same machine code.
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

// Makes an entry for each layout, with the patterns that it supports.
template <typename... Layouts, typename Patterns>
constexpr Catalog CatalogOf(TypeList<Layouts...>, Patterns) {
  return internal::kLayoutEntries<Patterns, Layouts...>;
}

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_WORKLOAD_H_
