// The states of a child's pages when its window begins, without looking at
// every page each time.
#ifndef COWBENCH_LIB_FORK_BEGIN_SNAPSHOT_H_
#define COWBENCH_LIB_FORK_BEGIN_SNAPSHOT_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/probe/page_snapshot.h"

namespace cowbench::internal {

// What a child knows of the time from its fork until it takes the snapshot.
struct BeforeWindow {
  // Between two forks with the same generation, nothing has changed which of
  // the parent's pages are present.
  uint64_t generation;
  // CollapsedPages() before the fork.
  int64_t collapsed_pages;
  // Page faults since the fork, of the child and of its parent.
  int64_t own_faults;
  int64_t parent_faults;
};

// Huge pages that khugepaged has put together so far, on the whole system; -1
// where there is none. It also maps the pages that were absent in between
// (Documentation/admin-guide/mm/transhuge.rst).
int64_t CollapsedPages();

// Whether nothing on the system is in swap space. A page may seem to be there
// all the same while it is being moved: the entry of a migration looks like one
// of swap (fs/proc/task_mmu.c). Then another look tells; no more than
// kMaxLooks, for a page with a hardware error goes on looking like that.
bool SwapIsEmpty();
inline constexpr int kMaxLooks = 100;

// Lives in SharedMemory, one for the first child of each Run(), one for the
// second, and so on.
//
// A full look is a pass over pagemap. It can be left out when two full looks in
// a row saw the same, and the same has happened since:
// * The same pages were present in the parent when it forked (`generation`,
//   `collapsed_pages`), and fork() shares all of them (mm/memory.c,
//   copy_pte_range), so only pages that have become private since can be in
//   another state.
// * A page becomes private to the child when the child writes to it, or when
//   the parent does and leaves the original to the child. Either takes a page
//   fault, and each fault that is finished is counted (mm/memory.c,
//   mm_account_fault). Neither has had more of them than when the looks
//   agreed, and all pages that were private then are so now, which is looked
//   up. For another page to be private, one of the other faults, which map text
//   and shared memory or find what the peer has copied, must have been missing
//   at the same time; both processes run the same code up to here.
// * Nothing on the system is in swap space: being swapped out and in is not
//   the doing of either.
class BeginSnapshot {
 public:
  // Sees to it that snapshot() says what is so now in the calling child.
  // `verify`: takes a full look in any case, and one that differs from what
  // would have been inferred is an error, kDataLoss.
  // Other errors: those of PageSnapshot::Take().
  absl::Status Refresh(const BeforeWindow& before, bool verify);

  const probe::PageSnapshot& snapshot() const { return snapshot_; }

 private:
  absl::StatusOr<bool> CanInfer(const BeforeWindow& before) const;

  // Whether two looks in a row agreed.
  bool confirmed_;
  BeforeWindow before_;  // the last full looks; the larger numbers of faults
  probe::PageSnapshot snapshot_;
};

}  // namespace cowbench::internal

#endif  // COWBENCH_LIB_FORK_BEGIN_SNAPSHOT_H_
