#include "lib/probe/oracle.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/probe/copy_count.h"
#include "lib/probe/mappings.h"

namespace cowbench::probe {
namespace {

constexpr uint64_t kFrameMask = (uint64_t{1} << 55) - 1;

}  // namespace

absl::Status OraclesAvailable() {
  const absl::Status counted = CopiesAreCounted();
  if (!counted.ok()) {
    return counted;
  }
  absl::StatusOr<uint64_t> copies = KernelCopyCount();
  if (!copies.ok()) {
    return copies.status();
  }
  return FrameSnapshot::Take().status();
}

absl::StatusOr<uint64_t> KernelCopyCount() {
  return CopyCountOfThread(getpid());
}

absl::StatusOr<FrameSnapshot> FrameSnapshot::Take() {
  absl::StatusOr<SharedMemory> memory =
      SharedMemory::Map(kMaxPages * sizeof(Page));
  if (!memory.ok()) {
    return memory.status();
  }
  FrameSnapshot snapshot(*std::move(memory));
  Page* const pages = snapshot.memory_.as<Page>();
  bool full = false;
  bool hidden = false;
  absl::Status status = ForEachPrivateStretch(
      [&](uintptr_t address, absl::Span<const uint64_t> entries) {
        for (const uint64_t entry : entries) {
          if (snapshot.page_count_ == kMaxPages) {
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
        absl::StrCat("more than ", kMaxPages, " pages"));
  }
  if (hidden) {
    return absl::PermissionDeniedError(
        "frame numbers in /proc/self/pagemap need CAP_SYS_ADMIN");
  }
  return snapshot;
}

absl::StatusOr<uint64_t> FrameSnapshot::CountMoved() const {
  uint64_t moved = 0;
  const Page* page = pages().data();
  const Page* const end = page + pages().size();
  absl::Status status = ForEachPrivateStretch(
      [&](uintptr_t address, absl::Span<const uint64_t> entries) {
        for (const uint64_t entry : entries) {
          while (page != end && page->address < address) {
            ++page;
          }
          if ((entry & (kPresentBit | kFileBit)) == kPresentBit &&
              page != end && page->address == address &&
              page->frame != (entry & kFrameMask)) {
            ++moved;
          }
          address += PageSize();
        }
      });
  if (!status.ok()) {
    return status;
  }
  return moved;
}

}  // namespace cowbench::probe
