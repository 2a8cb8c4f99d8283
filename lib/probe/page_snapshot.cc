#include "lib/probe/page_snapshot.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace cowbench::probe {
namespace {

void Count(uint64_t entry, PageCounts* counts) {
  const PageState state = StateOf(entry);
  counts->shared_pages += state == PageState::kShared ? 1 : 0;
  counts->private_pages += state == PageState::kPrivate ? 1 : 0;
  counts->swapped_pages += state == PageState::kSwapped ? 1 : 0;
  counts->anonymous_pages +=
      (entry & (kPresentBit | kFileBit)) == kPresentBit ? 1 : 0;
}

}  // namespace

absl::StatusOr<PageCounts> CountPages() {
  PageCounts counts;
  absl::Status status = ForEachPrivateStretch(
      [&counts](uintptr_t, absl::Span<const uint64_t> entries) {
        for (const uint64_t entry : entries) {
          Count(entry, &counts);
        }
      });
  if (!status.ok()) {
    return status;
  }
  return counts;
}

absl::StatusOr<PageSnapshot> PageSnapshot::Take() {
  absl::StatusOr<SharedMemory> memory =
      SharedMemory::Map(kMaxRuns * sizeof(Run));
  if (!memory.ok()) {
    return memory.status();
  }
  PageSnapshot snapshot(*std::move(memory));
  Run* const runs = snapshot.memory_.as<Run>();
  size_t count = 0;
  bool full = false;
  const size_t page_size = PageSize();
  absl::Status status = ForEachPrivateStretch(
      [&](uintptr_t address, absl::Span<const uint64_t> entries) {
        for (const uint64_t entry : entries) {
          Count(entry, &snapshot.counts_);
          const PageState state = StateOf(entry);
          if (state == PageState::kAbsent) {
            // No run.
          } else if (count > 0 && runs[count - 1].end == address &&
                     runs[count - 1].state == state) {
            runs[count - 1].end += page_size;
          } else if (count < kMaxRuns) {
            runs[count++] = {address, address + page_size, state};
          } else {
            full = true;
          }
          address += page_size;
        }
      });
  if (status.ok() && full) {
    status = absl::ResourceExhaustedError(
        absl::StrCat("the states of neighbouring pages differ more than ",
                     kMaxRuns, " times"));
  }
  if (!status.ok()) {
    return status;
  }
  snapshot.run_count_ = count;
  return snapshot;
}

absl::StatusOr<PageChanges> PageSnapshot::Compare(const PageSet* data) const {
  PageChanges changes;
  const Run* run = runs().data();
  const Run* const end = run + runs().size();
  const size_t page_size = PageSize();
  absl::Status status = ForEachPrivateStretch(
      [&](uintptr_t address, absl::Span<const uint64_t> entries) {
        for (const uint64_t entry : entries) {
          const PageState state = StateOf(entry);
          changes.swapped_pages += state == PageState::kSwapped ? 1 : 0;
          if (state == PageState::kPrivate) {
            while (run != end && run->end <= address) {
              ++run;
            }
            const bool was_absent = run == end || address < run->begin;
            if (was_absent) {
              ++changes.fresh_pages;
            } else if (run->state == PageState::kShared) {
              ++changes.copied_pages;
              changes.copied_metadata_pages +=
                  data != nullptr && !data->Contains(address) ? 1 : 0;
            }
          }
          address += page_size;
        }
      });
  if (!status.ok()) {
    return status;
  }
  return changes;
}

}  // namespace cowbench::probe
