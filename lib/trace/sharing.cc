#include "lib/trace/sharing.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace cowbench::trace {

MemoryId Sharing::Add() {
  const auto id = static_cast<MemoryId>(memories_.size());
  memories_.push_back({.parent = id, .birth = ++now_});
  living_.push_back(id);
  return id;
}

MemoryId Sharing::Fork(MemoryId parent, PagesPtr shared) {
  if (departures_.size() >= compact_at_) {
    Compact();
  }
  const MemoryId id = Add();
  memories_[id].parent = parent;
  ++memories_[parent].dependents;
  memories_[id].shared = shared;
  memories_[parent].last_fork = std::move(shared);
  memories_[parent].last_fork_time = memories_[id].birth;
  return id;
}

void Sharing::End(MemoryId memory) {
  memories_[memory].alive = false;
  std::erase(living_, memory);
  Release(memory);
}

// Forgets the departures of those who have been released.
void Sharing::Compact() {
  absl::flat_hash_map<uintptr_t, uint32_t> last;
  std::vector<Departure> kept = {{}};
  for (const auto& [page, newest] : last_departures_) {
    uint32_t previous = 0;
    for (uint32_t i = newest; i != 0; i = departures_[i].next) {
      const Memory& one = memories_[departures_[i].memory];
      if (!one.alive && one.dependents == 0) {
        continue;
      }
      const auto number = static_cast<uint32_t>(kept.size());
      kept.push_back(departures_[i]);
      kept.back().next = 0;
      if (previous == 0) {
        last[page] = number;
      } else {
        kept[previous].next = number;
      }
      previous = number;
    }
  }
  departures_ = std::move(kept);
  last_departures_ = std::move(last);
  compact_at_ = 2 * departures_.size() + kFewDepartures;
}

// Forgets the pages of those who are dead and whom no living one descends from.
void Sharing::Release(MemoryId memory) {
  while (!memories_[memory].alive && memories_[memory].dependents == 0) {
    memories_[memory].shared = nullptr;
    memories_[memory].last_fork = nullptr;
    const MemoryId parent = memories_[memory].parent;
    if (parent == memory) {
      return;
    }
    --memories_[parent].dependents;
    memory = parent;
  }
}

const Sharing::Departure* Sharing::LastDeparture(MemoryId memory,
                                                 uintptr_t page,
                                                 uint32_t before) const {
  const auto last = last_departures_.find(page);
  for (uint32_t i = last == last_departures_.end() ? 0 : last->second; i != 0;
       i = departures_[i].next) {
    if (departures_[i].memory == memory && departures_[i].time < before) {
      return &departures_[i];
    }
  }
  return nullptr;
}

Sharing::Frame Sharing::FrameOf(MemoryId memory, uintptr_t page) const {
  uint32_t before = std::numeric_limits<uint32_t>::max();
  while (true) {
    const Departure* const left = LastDeparture(memory, page, before);
    if (left != nullptr) {
      return {memory, left->time};
    }
    const Memory& one = memories_[memory];
    if (one.shared == nullptr || one.shared->Find(page) == nullptr) {
      return {memory, 0};
    }
    before = one.birth;
    memory = one.parent;
  }
}

void Sharing::Leave(MemoryId memory, uintptr_t page, uint32_t chain,
                    bool copied) {
  uint32_t& last = last_departures_[page];
  departures_.push_back({memory, ++now_, last, chain, copied});
  last = static_cast<uint32_t>(departures_.size() - 1);
}

bool Sharing::IsShared(MemoryId memory, uintptr_t page) const {
  const Frame frame = FrameOf(memory, page);
  return std::any_of(living_.begin(), living_.end(), [&](MemoryId other) {
    return other != memory && FrameOf(other, page) == frame;
  });
}

WriteOutcome Sharing::Judge(MemoryId memory, uintptr_t page) const {
  WriteOutcome outcome;
  const Memory& writer = memories_[memory];
  const Frame frame = FrameOf(memory, page);
  outcome.inherited = frame.creator != memory;
  const bool was_forked = writer.last_fork != nullptr &&
                          frame.time < writer.last_fork_time &&
                          writer.last_fork->Find(page) != nullptr;
  if (!outcome.inherited && !was_forked) {
    return outcome;
  }
  const probe::PageRun* const run = outcome.inherited
                                        ? writer.shared->Find(page)
                                        : writer.last_fork->Find(page);
  outcome.of_zero_page =
      run != nullptr && run->state == probe::AnonymousPage::kZero;
  bool is_shared = outcome.of_zero_page;
  for (const MemoryId other : living_) {
    if (other == memory || (is_shared && memories_[other].parent != memory) ||
        FrameOf(other, page) != frame) {
      continue;
    }
    is_shared = true;
    if (memories_[other].parent == memory) {
      outcome.peers.push_back(other);
    }
  }
  outcome.kind = is_shared ? WriteKind::kCopy : WriteKind::kReuse;
  return outcome;
}

WriteOutcome Sharing::Write(MemoryId memory, uintptr_t page, Access access,
                            uint32_t chain) {
  WriteOutcome outcome = Judge(memory, page);
  if (outcome.kind == WriteKind::kNone) {
    return outcome;
  }
  if (access == Access::kRead || access == Access::kWrite) {
    // The page was absent: the process has given it back before.
    Leave(memory, page, chain, false);
    return {};
  }
  if (outcome.kind == WriteKind::kCopy) {
    Leave(memory, page, chain, true);
  }
  return outcome;
}

WriteOutcome Sharing::MarkCopied(MemoryId memory, uintptr_t page) {
  WriteOutcome outcome = Judge(memory, page);
  outcome.kind = WriteKind::kCopy;
  Leave(memory, page, 0, true);
  return outcome;
}

bool Sharing::HasLeft(MemoryId memory, uintptr_t page) const {
  return LastDeparture(memory, page, std::numeric_limits<uint32_t>::max()) !=
         nullptr;
}

bool Sharing::HasLeftSinceFork(MemoryId memory, MemoryId child,
                               uintptr_t page) const {
  const Departure* const last =
      LastDeparture(memory, page, std::numeric_limits<uint32_t>::max());
  return last != nullptr && last->time > memories_[child].birth;
}

bool Sharing::HasLeftSinceLastFork(MemoryId memory, uintptr_t page) const {
  const Departure* const last =
      LastDeparture(memory, page, std::numeric_limits<uint32_t>::max());
  return last != nullptr && last->time > memories_[memory].last_fork_time;
}

bool Sharing::ChainOfCopy(MemoryId memory, uintptr_t page,
                          uint32_t* chain) const {
  const Departure* const last =
      LastDeparture(memory, page, std::numeric_limits<uint32_t>::max());
  if (last == nullptr || !last->copied || last->chain == 0) {
    return false;
  }
  *chain = last->chain;
  return true;
}

}  // namespace cowbench::trace
