// Patterns: what a process does to a data set after the fork. A pattern works
// on every layout that offers what it needs; the catalog has only such pairs.
//
// A pattern has a name, Run(), and these constants, where they differ from
// PatternDefaults:
//   kWrites       whether it writes to anything at all
//   kDestroys     whether it changes the data set or the heap for good
//   kStoredBytes  how many distinct bytes of each touched object it stores to
//                 itself, without the allocator's stores
//   kVisits       whether it depends on which elements are touched
//   kInDefault    whether it is in the presets smoke and default
//   kExecs        whether a child ends by executing another program
//   kThen         the pattern that the parent runs as the writer after its
//                 children have run this one. Empty: the parent runs this one
//                 while its children wait
//
// A layout offers any of
//   value(e)      the value of an element; a reference if it is writable
//   Hold(e)       an object that holds a reference to the element during its
//                 lifetime; it stores to kReferenceBytes bytes
//   header(e)     the word of the object's header that a collector marks
//   Free(e)       removes the element
//   Replace(e)    puts a new element of the same size in its place
//   Append()      adds an element
//   Copy(e)       a copy of the value, if it is not a plain number
//   ForEachPart(e, visit)  calls visit(begin, bytes) for each block of memory
//                 that the layout requested for the element, if that is more
//                 than its value
// where `e` is the number of the element, or what ForEach(touch, visit) passes
// to `visit` in layouts that have it.
#ifndef COWBENCH_LIB_WORKLOAD_PATTERNS_H_
#define COWBENCH_LIB_WORKLOAD_PATTERNS_H_

#include <cstdint>
#include <string_view>
#include <type_traits>

#include "lib/workload/touch.h"

namespace cowbench::workload {

// The type of `e` above.
template <typename L>
struct ElementOf {
  using Type = uint64_t;
};
template <typename L>
requires requires { typename L::Element; }
struct ElementOf<L> {
  using Type = typename L::Element;
};
template <typename L>
using Element = typename ElementOf<L>::Type;

template <typename L>
concept HasValues = requires(L layout, Element<L> e) {
  layout.value(e);
};
template <typename L>
concept CanStore = requires(L layout, Element<L> e) {
  layout.value(e) = 2;
};
template <typename L>
concept HasReferences = HasValues<L> && requires(L layout, Element<L> e) {
  layout.Hold(e);
  L::kReferenceBytes;
};
template <typename L>
concept HasHeaders = requires(L layout, Element<L> e) {
  layout.header(e);
};
template <typename L>
concept CanFree = requires(L layout, Element<L> e) {
  layout.Free(e);
};
template <typename L>
concept CanReplace = requires(L layout, Element<L> e) {
  layout.Replace(e);
};
template <typename L>
concept CanAppend = requires(L layout) {
  layout.Append();
};

template <typename L>
concept CopiesByAllocating = requires(L layout, Element<L> e) {
  layout.Copy(e);
};

// Whether elements can be visited in any order.
template <typename L>
concept RandomAccess = std::is_same_v<Element<L>, uint64_t>;

template <typename L, typename Visitor>
void Visit(L& layout, const Touch& touch, Visitor visit) {
  if constexpr (RandomAccess<L>) {
    ForEachTouched(touch, visit);
  } else {
    layout.ForEach(touch, visit);
  }
}

// Calls `visit(begin, bytes)` for all memory of the element.
template <typename L, typename Visitor>
void VisitParts(L& layout, Element<L> e, Visitor visit) {
  if constexpr (requires { layout.ForEachPart(e, visit); }) {
    layout.ForEachPart(e, visit);
  } else {
    visit(&layout.value(e), sizeof(layout.value(e)));
  }
}

// Makes the compiler treat `value` as used.
template <typename T>
inline void Use(const T& value) {
  asm volatile("" : : "m"(value) : "memory");
}

// The constants of a pattern that does not override them.
struct PatternDefaults {
  template <typename L>
  static constexpr bool kWrites = true;
  template <typename L>
  static constexpr bool kDestroys = false;
  template <typename L>
  static constexpr uint64_t kStoredBytes = 0;
  static constexpr bool kVisits = true;
  static constexpr bool kInDefault = true;
  static constexpr bool kExecs = false;
  static constexpr std::string_view kThen = "";
};

// Does nothing: measures the fork itself.
struct Idle : PatternDefaults {
  static constexpr std::string_view kName = "idle";
  static constexpr std::string_view kMeaning =
      "nothing: the cost of the fork itself";
  static constexpr bool kVisits = false;
  template <typename L>
  static constexpr bool kWrites = false;

  template <typename L>
  static void Run(L&, const Touch&) {}
};

// Sums the values.
struct Read : PatternDefaults {
  static constexpr std::string_view kName = "read";
  static constexpr std::string_view kMeaning = "sums the values";
  template <typename L>
  static constexpr bool kWrites = false;

  template <HasValues L>
  static void Run(L& layout, const Touch& touch) {
    std::remove_cvref_t<decltype(layout.value(Element<L>()))> sum = 0;
    Visit(layout, touch, [&](Element<L> e) {
      sum = static_cast<decltype(sum)>(sum + layout.value(e));
    });
    Use(sum);
  }
};

// Copies each element out, as a program does that serialises a snapshot. If a
// copy must be allocated, the allocator writes and its state changes.
struct CopyOut : PatternDefaults {
  static constexpr std::string_view kName = "copy_out";
  static constexpr std::string_view kMeaning =
      "takes a copy of each element, as a snapshot does that is serialised";
  template <typename L>
  static constexpr bool kWrites = CopiesByAllocating<L>;
  template <typename L>
  static constexpr bool kDestroys = CopiesByAllocating<L>;

  template <HasValues L>
  static void Run(L& layout, const Touch& touch) {
    Visit(layout, touch, [&](Element<L> e) { CopyOne(layout, e); });
  }

 protected:
  template <HasValues L>
  static void CopyOne(L& layout, Element<L> e) {
    if constexpr (CopiesByAllocating<L>) {
      Use(layout.Copy(e));
    } else {
      const auto copy = layout.value(e);
      Use(copy);
    }
  }
};

// Stores a new value in each element.
struct Write : PatternDefaults {
  static constexpr std::string_view kName = "write";
  static constexpr std::string_view kMeaning = "stores a value in each element";
  template <CanStore L>
  static constexpr uint64_t kStoredBytes =
      sizeof(std::declval<L&>().value(Element<L>()));

  template <CanStore L>
  static void Run(L& layout, const Touch& touch) {
    Visit(layout, touch, [&](Element<L> e) { layout.value(e) = 2; });
    Use(layout);
  }
};

// Takes a reference to each element, uses it and drops it, like iterating over
// a Python list.
struct Refcount : PatternDefaults {
  static constexpr std::string_view kName = "refcount";
  static constexpr std::string_view kMeaning =
      "takes a reference to each element, uses it, drops it: what iterating "
      "over a Python list does";
  template <HasReferences L>
  static constexpr uint64_t kStoredBytes = L::kReferenceBytes;

  template <HasReferences L>
  static void Run(L& layout, const Touch& touch) {
    int64_t sum = 0;
    Visit(layout, touch, [&](Element<L> e) {
      const auto reference = layout.Hold(e);
      sum += layout.value(e);
    });
    Use(sum);
  }
};

// Sets a mark in each object's header and clears it again, like a garbage
// collector that marks in place.
struct GcMark : PatternDefaults {
  static constexpr std::string_view kName = "gc_mark";
  static constexpr std::string_view kMeaning =
      "sets a mark in each object's header, then clears it: a collection that "
      "marks in place";
  template <HasHeaders L>
  static constexpr uint64_t kStoredBytes = sizeof(uintptr_t);

  template <HasHeaders L>
  static void Run(L& layout, const Touch& touch) {
    constexpr uintptr_t kMark = 1;  // always 0 in an aligned pointer
    Visit(layout, touch, [&](Element<L> e) {
      volatile uintptr_t& header = layout.header(e);
      header = header | kMark;
    });
    Visit(layout, touch, [&](Element<L> e) {
      volatile uintptr_t& header = layout.header(e);
      header = header & ~kMark;
    });
  }
};

// Frees the elements one by one. The pattern itself stores nothing: all copies
// come from the allocator and the container.
struct Free : PatternDefaults {
  static constexpr std::string_view kName = "free";
  static constexpr std::string_view kMeaning =
      "frees or removes the elements one by one";
  template <typename L>
  static constexpr bool kDestroys = true;

  template <CanFree L>
  static void Run(L& layout, const Touch& touch) {
    Visit(layout, touch, [&](Element<L> e) { layout.Free(e); });
  }
};

// Replaces each element by a new one of the same size.
struct Churn : PatternDefaults {
  static constexpr std::string_view kName = "churn";
  static constexpr std::string_view kMeaning =
      "replaces each element by a new one of the same size";
  template <typename L>
  static constexpr bool kDestroys = true;

  template <CanReplace L>
  static void Run(L& layout, const Touch& touch) {
    Visit(layout, touch, [&](Element<L> e) { layout.Replace(e); });
  }
};

// Adds `touched` new elements and keeps them.
struct Grow : PatternDefaults {
  static constexpr std::string_view kName = "grow";
  static constexpr std::string_view kMeaning =
      "adds as many new elements, and keeps them";
  static constexpr bool kVisits = false;
  template <typename L>
  static constexpr bool kDestroys = true;

  template <CanAppend L>
  static void Run(L& layout, const Touch& touch) {
    for (uint64_t i = 0; i < touch.touched; ++i) {
      layout.Append();
    }
  }
};

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_PATTERNS_H_
