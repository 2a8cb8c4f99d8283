#include "lib/probe/page_snapshot.h"

#include <sys/mman.h>

#include <algorithm>
#include <iterator>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

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
  KernelActions actions;
  const auto read = [&counts] {
    counts = {};
    return ForEachPrivateStretch(
        [&counts](uintptr_t, absl::Span<const uint64_t> entries) {
          for (const uint64_t entry : entries) {
            Count(entry, &counts);
          }
        });
  };
  COWBENCH_RETURN_IF_ERROR(ReadUndisturbed(read, &actions));
  return counts;
}

absl::Status PageSnapshot::Take() {
  return ReadUndisturbed([this] { return ReadStates(); }, &actions_);
}

absl::Status PageSnapshot::ReadStates() {
  run_count_ = 0;
  PageCounts counts;
  size_t count = 0;
  Run run = {};  // of the last page; empty before the first one
  const auto store = [&] {
    if (run.begin != run.end && count < kMaxRuns) {
      runs_[count] = run;
    }
    count += run.begin != run.end ? 1 : 0;
  };
  const size_t page_size = PageSize();
  absl::Status status = ForEachPrivateStretch(
      [&](uintptr_t address, absl::Span<const uint64_t> entries) {
        for (const uint64_t entry : entries) {
          Count(entry, &counts);
          const PageState state = StateOf(entry);
          if (state == PageState::kAbsent) {
            // No run.
          } else if (run.end == address && run.state == state) {
            run.end += page_size;
          } else {
            store();
            run = {address, address + page_size, state};
          }
          address += page_size;
        }
      });
  store();
  if (!status.ok()) {
    return status;
  }
  if (count > kMaxRuns) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the states of neighbouring pages differ more than ",
                     kMaxRuns, " times"));
  }
  counts_ = counts;
  run_count_ = count;
  return absl::OkStatus();
}

absl::Status PageSnapshot::TakeWriteFaultsOnPrivatePages() const {
  COWBENCH_ASSIGN_OR_RETURN(const PageMap pagemap, PageMap::Open());
  uint64_t buffer[64];
  for (const Run& run : runs()) {
    uintptr_t page = run.state == PageState::kPrivate ? run.begin : run.end;
    while (page < run.end) {
      const size_t left = (run.end - page) / PageSize();
      COWBENCH_ASSIGN_OR_RETURN(
          const absl::Span<const uint64_t> entries,
          pagemap.Read(page, absl::MakeSpan(buffer).first(
                                 std::min(left, std::size(buffer)))));
      for (const uint64_t entry : entries) {
        // Fails on a page that cannot be written to: that one is skipped. A
        // page that looks swapped is being moved: this waits for it.
        if (StateOf(entry) == PageState::kPrivate ||
            StateOf(entry) == PageState::kSwapped) {
          madvise(reinterpret_cast<void*>(page), PageSize(),
                  MADV_POPULATE_WRITE);
        }
        page += PageSize();
      }
    }
  }
  return absl::OkStatus();
}

uint64_t PageSnapshot::SharedThen(uintptr_t address,
                                  absl::Span<const uint64_t> entries,
                                  const Run** run) const {
  const Run* const end = runs().data() + runs().size();
  const uintptr_t last = address + entries.size() * PageSize();
  uint64_t pages = 0;
  for (; *run != end && (*run)->begin < last; ++*run) {
    if ((*run)->state == PageState::kShared && (*run)->end > address) {
      const size_t first =
          (std::max((*run)->begin, address) - address) / PageSize();
      const size_t behind =
          (std::min((*run)->end, last) - address) / PageSize();
      pages += static_cast<uint64_t>(std::count_if(
          entries.begin() + first, entries.begin() + behind,
          [](uint64_t entry) { return StateOf(entry) != PageState::kAbsent; }));
    }
    if ((*run)->end > last) {
      break;
    }
  }
  return pages;
}

absl::StatusOr<PageChanges> PageSnapshot::Compare(const PageSet* data) const {
  PageChanges changes;
  KernelActions actions = actions_;
  COWBENCH_RETURN_IF_ERROR(
      ReadUndisturbed([&] { return CompareStates(data, &changes); }, &actions));
  return changes;
}

absl::Status PageSnapshot::CompareStates(const PageSet* data,
                                         PageChanges* changes) const {
  *changes = {};
  changes->gone_pages = counts_.shared_pages;
  const Run* run = runs().data();
  const Run* const end = run + runs().size();
  const Run* shared = run;  // for SharedThen()
  const size_t page_size = PageSize();
  return ForEachPrivateStretch(
      [&](uintptr_t address, absl::Span<const uint64_t> entries) {
        changes->gone_pages -= SharedThen(address, entries, &shared);
        for (size_t i = 0; i < entries.size(); ++i) {
          // Most pages are shared or absent: skip them quickly.
          if ((entries[i] & (kExclusiveBit | kSwappedBit)) == 0) {
            continue;
          }
          const PageState state = StateOf(entries[i]);
          changes->swapped_pages += state == PageState::kSwapped ? 1 : 0;
          if (state != PageState::kPrivate) {
            continue;
          }
          const uintptr_t page = address + i * page_size;
          while (run != end && run->end <= page) {
            ++run;
          }
          const bool was_absent = run == end || page < run->begin;
          if (was_absent) {
            ++changes->fresh_pages;
          } else if (run->state == PageState::kShared) {
            ++changes->copied_pages;
            changes->copied_metadata_pages +=
                data != nullptr && !data->Contains(page) ? 1 : 0;
          }
        }
      });
}

}  // namespace cowbench::probe
