// Who maps which page frame still: tells, for each write to a page that a fork
// has shared, whether the kernel had to copy it.
//
// Pure bookkeeping. A process is born with pages of its parent's (the shared
// set) and leaves a page's frame to the others when it copies the page. Who
// writes last finds nobody else on the frame, and reuses it
// (mm/memory.c, wp_page_reuse).
#ifndef COWBENCH_LIB_TRACE_SHARING_H_
#define COWBENCH_LIB_TRACE_SHARING_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "lib/probe/process_pages.h"
#include "lib/trace/fault_ring.h"

namespace cowbench::trace {

// A process's memory, from its birth or its exec to its end or its next exec.
using MemoryId = uint32_t;

enum class WriteKind : uint8_t {
  kNone,   // not a page that is or was shared: new memory, or its own already
  kCopy,   // others map the frame
  kReuse,  // nobody else does any more
};

// What a write was.
struct WriteOutcome {
  WriteKind kind = WriteKind::kNone;
  // The frame came from an ancestor: the writer's own shared set.
  bool inherited = false;
  bool of_zero_page = false;
  // Children of the writer that share the page with it: their peer wrote.
  std::vector<MemoryId> peers;
};

class Sharing {
 public:
  using PagesPtr = std::shared_ptr<const probe::ProcessPages>;

  // Memory that nobody shares yet.
  MemoryId Add();
  // A child of `parent`; `shared` are its pages when it is born.
  MemoryId Fork(MemoryId parent, PagesPtr shared);
  // The process is gone, or has another memory.
  void End(MemoryId memory);

  // The process has written to the page at `page`. `chain` is kept for
  // ChainOfCopy().
  WriteOutcome Write(MemoryId memory, uintptr_t page, Access access,
                     uint32_t chain);
  // The page is known to have been copied by the process, unseen.
  WriteOutcome MarkCopied(MemoryId memory, uintptr_t page);

  // Whether `memory` has left the frame that it had at `page` since `child`
  // was born (or since its own birth).
  bool HasLeft(MemoryId memory, uintptr_t page) const;
  bool HasLeftSinceFork(MemoryId memory, MemoryId child, uintptr_t page) const;
  bool HasLeftSinceLastFork(MemoryId memory, uintptr_t page) const;
  // The chain of the copy by which it has left; false if it was none, or was
  // not seen.
  bool ChainOfCopy(MemoryId memory, uintptr_t page, uint32_t* chain) const;

  // Whether any other process maps the frame that `memory` has at `page`.
  bool IsShared(MemoryId memory, uintptr_t page) const;

  // The pages that it was born with; null for the first of a tree.
  const PagesPtr& shared(MemoryId memory) const {
    return memories_[memory].shared;
  }
  // Its pages when it forked last; null if it never did.
  const PagesPtr& last_fork(MemoryId memory) const {
    return memories_[memory].last_fork;
  }
  MemoryId parent(MemoryId memory) const { return memories_[memory].parent; }
  bool alive(MemoryId memory) const { return memories_[memory].alive; }
  // Whether anyone who descends from it is alive.
  bool HasChildren(MemoryId memory) const {
    return memories_[memory].dependents != 0;
  }

 private:
  struct Memory {
    MemoryId parent = 0;
    uint32_t birth = 0;
    bool alive = true;
    // Children that are alive, or have such children in their turn.
    uint32_t dependents = 0;
    PagesPtr shared = nullptr;
    // Of the child that was born last: all that a fork has write-protected.
    PagesPtr last_fork = nullptr;
    uint32_t last_fork_time = 0;
  };
  // A frame is named by who created it, and when.
  struct Frame {
    MemoryId creator;
    uint32_t time;
    bool operator==(const Frame&) const = default;
  };
  // One for each copied page: kept small.
  struct Departure {
    MemoryId memory : 31;
    bool copied : 1;
    uint32_t time;
    uint32_t next;  // an older one of the same page; 0: none
    uint32_t chain;
  };
  // Departures of neighbouring pages: the newest of each; 0: none.
  static constexpr size_t kPagesInBlock = 64;
  using Block = std::array<uint32_t, kPagesInBlock>;

  void Release(MemoryId memory);
  void Compact();
  const Departure* LastDeparture(MemoryId memory, uintptr_t page,
                                 uint32_t before) const;
  Frame FrameOf(MemoryId memory, uintptr_t page) const;
  void Leave(MemoryId memory, uintptr_t page, uint32_t chain, bool copied);
  WriteOutcome Judge(MemoryId memory, uintptr_t page) const;

  static constexpr size_t kFewDepartures = size_t{1} << 16;

  uint32_t now_ = 1;
  size_t compact_at_ = kFewDepartures;
  std::vector<Memory> memories_;
  std::vector<MemoryId> living_;
  absl::flat_hash_map<uintptr_t, std::unique_ptr<Block>> last_departures_;
  std::deque<Departure> departures_ = {{}};  // 0 is none
};

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_SHARING_H_
