#include "lib/trace/sharing.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "lib/probe/mappings.h"

namespace cowbench::trace {

MemoryId Sharing::Add() {
  const auto id = static_cast<MemoryId>(memories_.size());
  memories_.push_back({.parent = id, .birth = ++now_, .last_child = id});
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
  memories_[parent].last_child = id;
  return id;
}

void Sharing::End(MemoryId memory) {
  memories_[memory].alive = false;
  std::erase(living_, memory);
  Release(memory);
}

// Drops the departures of memories that were released.
void Sharing::Compact() {
  std::deque<Departure> kept = {{}};
  for (auto& [at, block] : last_departures_) {
    for (uint32_t& last : *block) {
      uint32_t* link = &last;
      for (uint32_t i = std::exchange(last, 0); i != 0;
           i = departures_[i].next) {
        const Memory& one = memories_[departures_[i].memory];
        if (one.alive || one.dependents != 0) {
          *link = static_cast<uint32_t>(kept.size());
          kept.push_back(departures_[i]);
          kept.back().next = 0;
          link = &kept.back().next;
        }
      }
    }
  }
  departures_ = std::move(kept);
  absl::erase_if(last_departures_, [](const auto& item) {
    return std::all_of(item.second->begin(), item.second->end(),
                       [](uint32_t last) { return last == 0; });
  });
  compact_at_ = 2 * departures_.size() + kFewDepartures;
}

// Drops the pages of dead memories without live descendants.
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

uint32_t Sharing::NewestDeparture(uintptr_t page) const {
  const size_t number = page / probe::PageSize();
  const auto block = last_departures_.find(number / kPagesInBlock);
  return block == last_departures_.end()
             ? 0
             : (*block->second)[number % kPagesInBlock];
}

const Sharing::Departure* Sharing::LastDeparture(MemoryId memory,
                                                 uintptr_t page,
                                                 uint32_t before) const {
  for (uint32_t i = NewestDeparture(page); i != 0; i = departures_[i].next) {
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
  const size_t number = page / probe::PageSize();
  std::unique_ptr<Block>& block = last_departures_[number / kPagesInBlock];
  if (block == nullptr) {
    block = std::make_unique<Block>();  // all 0
  }
  uint32_t& last = (*block)[number % kPagesInBlock];
  departures_.push_back({.memory = memory & 0x7fff'ffff,
                         .copied = copied,
                         .time = ++now_,
                         .next = last,
                         .chain = chain});
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
    // The page was absent, so the process gave it back earlier.
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

bool Sharing::LeftLast(MemoryId memory, uintptr_t page) const {
  const Departure& newest = departures_[NewestDeparture(page)];
  return newest.copied && newest.memory == memory;
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
