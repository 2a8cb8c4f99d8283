#include "lib/probe/oracle.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/probe/copy_count.h"
#include "lib/probe/mappings.h"

namespace cowbench::probe {
namespace {

constexpr uint64_t kCompoundTail = uint64_t{1} << 16;  // of kpageflags

// The frame's entry in /proc/kpageflags; 0 if it has none.
uint64_t FlagsOf(int page_flags, uint64_t frame) {
  uint64_t flags = 0;
  return pread(page_flags, &flags, sizeof(flags),
               static_cast<off_t>(frame * sizeof(flags))) == sizeof(flags)
             ? flags
             : 0;
}

// Adds a page that was absent and is present now.
void AddNewPage(uint64_t entry, uint64_t flags, FrameChanges* changes) {
  // Documentation/admin-guide/mm/pagemap.rst. A tail page is any page of a
  // folio but the first.
  constexpr uint64_t kZeroPage = uint64_t{1} << 24;
  if ((entry & kFileBit) != 0) {
    ++changes->file_pages;
  } else if ((flags & kCompoundTail) == 0) {
    ++((flags & kZeroPage) != 0 ? changes->zero_pages : changes->fresh_folios);
  }
}

}  // namespace

absl::Status OraclesAvailable() {
  COWBENCH_RETURN_IF_ERROR(CopiesAreCounted());
  COWBENCH_RETURN_IF_ERROR(KernelCopyCount().status());
  COWBENCH_ASSIGN_OR_RETURN(const FrameSnapshot frames, FrameSnapshot::Take());
  return frames.Compare().status();
}

absl::StatusOr<uint64_t> KernelCopyCount() {
  return CopyCountOfThread(getpid());
}

absl::StatusOr<FrameSnapshot> FrameSnapshot::Take() {
  // No larger than needed: PagesOfSharedMappings() reads this mapping, too.
  size_t room = 0;
  COWBENCH_RETURN_IF_ERROR(ForEachMapping([&room](const Mapping& mapping) {
    room += mapping.is_private ? (mapping.end - mapping.begin) / PageSize() : 0;
  }));
  room = std::min(room, kMaxPages);
  COWBENCH_ASSIGN_OR_RETURN(SharedMemory memory,
                            SharedMemory::Map(room * sizeof(Page)));
  FrameSnapshot snapshot(std::move(memory));
  Page* const pages = snapshot.memory_.as<Page>();
  bool full = false;
  bool hidden = false;
  absl::Status status = ForEachPrivateStretch(
      [&](uintptr_t address, absl::Span<const uint64_t> entries) {
        for (const uint64_t entry : entries) {
          if (snapshot.page_count_ == room) {
            full = true;
          } else if ((entry & kPresentBit) != 0) {
            hidden = hidden || (entry & kFrameMask) == 0;
            pages[snapshot.page_count_++] = {address, entry & kFrameMask};
          }
          address += PageSize();
        }
      });
  if (!status.ok()) {
    return status;
  }
  if (full) {
    return absl::ResourceExhaustedError(
        absl::StrCat("more than ", room, " pages"));
  }
  if (hidden) {
    return absl::PermissionDeniedError(
        "frame numbers in /proc/self/pagemap need CAP_SYS_ADMIN");
  }
  return snapshot;
}

absl::StatusOr<FrameChanges> FrameSnapshot::Compare() const {
  const int page_flags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
  if (page_flags < 0) {
    return absl::ErrnoToStatus(errno, "/proc/kpageflags");
  }
  absl::Cleanup close_flags = [page_flags] { close(page_flags); };
  FrameChanges changes;
  const Page* page = pages().data();
  const Page* const end = page + pages().size();
  absl::Status status = ForEachPrivateStretch(
      [&](uintptr_t address, absl::Span<const uint64_t> entries) {
        for (const uint64_t entry : entries) {
          while (page != end && page->address < address) {
            ++page;
          }
          const bool was_present = page != end && page->address == address;
          const uint64_t frame = entry & kFrameMask;
          if (was_present) {
            if ((entry & (kPresentBit | kFileBit)) == kPresentBit &&
                page->frame != frame) {
              ++changes.moved_pages;
              constexpr uint64_t kHugetlbTail =
                  kCompoundTail | uint64_t{1} << 17;  // KPF_HUGE
              changes.moved_hugetlb_tails +=
                  (FlagsOf(page_flags, frame) & kHugetlbTail) == kHugetlbTail;
            }
          } else if ((entry & kPresentBit) != 0) {
            AddNewPage(entry, FlagsOf(page_flags, frame), &changes);
          }
          address += PageSize();
        }
      });
  if (!status.ok()) {
    return status;
  }
  return changes;
}

}  // namespace cowbench::probe
