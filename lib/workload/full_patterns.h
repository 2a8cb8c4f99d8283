// Patterns that only the preset full has.
#ifndef COWBENCH_LIB_WORKLOAD_FULL_PATTERNS_H_
#define COWBENCH_LIB_WORKLOAD_FULL_PATTERNS_H_

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lib/probe/mappings.h"
#include "lib/workload/patterns.h"
#include "lib/workload/touch.h"

namespace cowbench::workload {

// Stores in each element the value that it already has. volatile: otherwise the
// compiler may omit the store of a value that it just loaded.
struct Rewrite : PatternDefaults {
  static constexpr std::string_view kName = "rewrite";
  static constexpr std::string_view kMeaning =
      "stores in each element the value that is there already";
  static constexpr bool kInDefault = false;
  template <CanStore L>
  static constexpr uint64_t kStoredBytes = Write::kStoredBytes<L>;

  template <CanStore L>
  static void Run(L& layout, const Touch& touch) {
    Visit(layout, touch, [&](Element<L> e) {
      volatile auto& place = layout.value(e);
      const auto same = place;
      place = same;
    });
  }
};

// Gives back to the kernel the pages that lie wholly within the memory, since
// these hold no other element.
inline void GiveBack(const void* begin, size_t bytes) {
  const size_t page = probe::PageSize();
  const auto address = reinterpret_cast<uintptr_t>(begin);
  const uintptr_t first = (address + page - 1) / page * page;
  const uintptr_t end = (address + bytes) / page * page;
  if (first < end) {
    madvise(reinterpret_cast<void*>(first), end - first, MADV_DONTNEED);
  }
}

// Copies each element out and gives the element's pages back, as the child of a
// store that writes a snapshot does (Redis 7: dismissMemory() in src/zmalloc.c
// and object.c). A page that no child maps any more belongs to the parent
// alone, which can write to it without a copy. So a parent as the writer writes
// after its children have run.
struct Dismiss : CopyOut {
  static constexpr std::string_view kName = "dismiss";
  static constexpr std::string_view kMeaning =
      "takes a copy of each element, and gives the pages that lie wholly "
      "within "
      "it back to the kernel, as the child of a store does that writes a "
      "snapshot; with --writers=parent, the children do, and then the parent "
      "runs write";
  template <typename L>
  static constexpr bool kWrites = true;
  template <typename L>
  static constexpr bool kDestroys = false;
  static constexpr bool kInDefault = false;
  static constexpr std::string_view kThen = Write::kName;

  template <CanStore L>
  static void Run(L& layout, const Touch& touch) {
    Visit(layout, touch, [&](Element<L> e) {
      CopyOne(layout, e);
      VisitParts(layout, e, GiveBack);
    });
  }
};

// Does nothing; ends by executing a tiny program instead of by _exit(2), as a
// program does that calls another one with fork() and exec. exit_time includes
// the exec.
struct CallExec : Idle {
  static constexpr std::string_view kName = "call_exec";
  static constexpr std::string_view kMeaning =
      "nothing; a child ends by executing a tiny program, which is in "
      "exit_time";
  static constexpr bool kInDefault = false;
  static constexpr bool kExecs = true;
};

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_FULL_PATTERNS_H_
