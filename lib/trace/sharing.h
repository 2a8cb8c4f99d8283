// Tracks which processes still map each page frame, to tell for each write to a
// shared page whether the kernel had to copy it.
//
// Pure bookkeeping. A process is born with pages of its parent (its shared
// set). When it copies a page, it leaves the old frame to the others. The last
// process on a frame reuses it instead of copying (mm/memory.c, wp_page_reuse).
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
  kNone,   // new memory, or already its own
  kCopy,   // other processes map the frame
  kReuse,  // no other process maps it any more
};

// What a write did.
struct WriteOutcome {
  WriteKind kind = WriteKind::kNone;
  // The frame came from an ancestor: it is in the writer's shared set.
  bool inherited = false;
  bool of_zero_page = false;
  // Children of the writer that share the page; to them, the writer is their
  // peer.
  std::vector<MemoryId> peers;
};

class Sharing {
 public:
  using PagesPtr = std::shared_ptr<const probe::ProcessPages>;

  // Adds memory that nobody shares yet.
  MemoryId Add();
  // Adds a child of `parent` that is born with the pages `shared`.
  MemoryId Fork(MemoryId parent, PagesPtr shared);
  // The process has ended, or has replaced this memory by another one.
  void End(MemoryId memory);

  // Accounts for a write to the page at `page`. Keeps `chain` for
  // ChainOfCopy().
  WriteOutcome Write(MemoryId memory, uintptr_t page, Access access,
                     uint32_t chain);
  // Accounts for a copy by the process that no fault record showed.
  WriteOutcome MarkCopied(MemoryId memory, uintptr_t page);

  // Whether `memory` has left the frame that it had at `page` since its own
  // birth, the birth of `child`, or its last fork.
  bool HasLeft(MemoryId memory, uintptr_t page) const;
  bool HasLeftSinceFork(MemoryId memory, MemoryId child, uintptr_t page) const;
  bool HasLeftSinceLastFork(MemoryId memory, uintptr_t page) const;
  // Gets the chain of the copy by which `memory` left its frame; false if it
  // made no copy or the copy was not seen.
  bool ChainOfCopy(MemoryId memory, uintptr_t page, uint32_t* chain) const;

  // Whether `memory` copied the page and was the last one to do so.
  bool LeftLast(MemoryId memory, uintptr_t page) const;

  // Whether any other process maps the frame that `memory` has at `page`.
  bool IsShared(MemoryId memory, uintptr_t page) const;

  // The pages it was born with; null for the root of a tree of processes.
  const PagesPtr& shared(MemoryId memory) const {
    return memories_[memory].shared;
  }
  // Its pages at its last fork; null if it never forked.
  const PagesPtr& last_fork(MemoryId memory) const {
    return memories_[memory].last_fork;
  }
  MemoryId parent(MemoryId memory) const { return memories_[memory].parent; }
  // The child of its last fork, which may have ended; itself if it never
  // forked.
  MemoryId last_child(MemoryId memory) const {
    return memories_[memory].last_child;
  }
  bool alive(MemoryId memory) const { return memories_[memory].alive; }
  // Whether any descendant is alive.
  bool HasChildren(MemoryId memory) const {
    return memories_[memory].dependents != 0;
  }

 private:
  struct Memory {
    MemoryId parent = 0;
    uint32_t birth = 0;
    bool alive = true;
    // Children that are alive or have live descendants.
    uint32_t dependents = 0;
    PagesPtr shared = nullptr;
    // The shared set of the last child: all pages that the fork
    // write-protected.
    PagesPtr last_fork = nullptr;
    uint32_t last_fork_time = 0;
    MemoryId last_child = 0;
  };
  // A frame is identified by its creator and the time of its creation.
  struct Frame {
    MemoryId creator;
    uint32_t time;
    bool operator==(const Frame&) const = default;
  };
  // Kept small, since there is one for each copied page.
  struct Departure {
    MemoryId memory : 31;
    bool copied : 1;
    uint32_t time;
    uint32_t next;  // the previous one of the same page; 0: none
    uint32_t chain;
  };
  // The newest departure of each page in a block of neighbouring pages; 0:
  // none.
  static constexpr size_t kPagesInBlock = 64;
  using Block = std::array<uint32_t, kPagesInBlock>;

  void Release(MemoryId memory);
  void Compact();
  uint32_t NewestDeparture(uintptr_t page) const;
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
  std::deque<Departure> departures_ = {{}};  // number 0 means none
};

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_SHARING_H_
