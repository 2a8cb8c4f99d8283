// The states of a writer's pages before and after its window, without looking
// at every page each time.
#ifndef COWBENCH_LIB_FORK_LOOKS_H_
#define COWBENCH_LIB_FORK_LOOKS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/fork/fork_runner.h"
#include "lib/probe/faults.h"
#include "lib/probe/page_snapshot.h"

namespace cowbench::internal {

// What a writer knows of the time from its fork until the first look.
struct BeforeWindow {
  // Between two forks with the same generation, nothing has changed which of
  // the parent's pages are present.
  uint64_t generation;
  // The number of the pattern: the same one has the same number.
  uint64_t pattern;
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

// Lives in SharedMemory, one for the first child of each Run(), one for the
// second, and so on.
//
// A look is a pass over pagemap. The one before the window can be left out when
// two of them in a row saw the same, and the same has happened since:
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
//
// The one after the window can be left out when the window had no page fault;
// or when it ran the same pattern on the same pages in the same states as the
// last two that were looked at, those two agreed, and it had exactly as many
// minor and as many major faults as each of them. The children are copies of
// one process that has not changed, and run the same instructions on the same
// data: another page can have been copied only where something from outside,
// such as the time or the CPU, has changed what the pattern does, without
// changing how many faults it has.
class Looks {
 public:
  // Sees to it that snapshot() says what is so now in the calling process.
  // Errors: those of PageSnapshot::Take(), kFailedPrecondition when pages are
  // swapped out.
  //
  // Here and below, `options.verify` has the look taken in any case, and one
  // that differs from what would have been inferred is an error, kDataLoss.
  absl::Status Before(const ForkOptions& options, const BeforeWindow& before);

  const probe::PageSnapshot& snapshot() const { return snapshot_; }

  // What has changed since, in a window with so many faults. Errors: those of
  // PageSnapshot::Compare(), kFailedPrecondition when pages are swapped out.
  absl::StatusOr<probe::PageChanges> After(const ForkOptions& options,
                                           const probe::Faults& faults);

 private:
  absl::StatusOr<bool> CanInferBefore(const BeforeWindow& before) const;
  bool CanInferAfter(const probe::Faults& faults) const;

  // Whether two looks in a row agreed before the window.
  bool confirmed_;
  BeforeWindow before_;  // the last looks; the larger numbers of faults
  probe::PageSnapshot snapshot_;

  // The windows that began like this one, ran this pattern, had these faults
  // and were looked at: how many in a row saw these changes.
  int agreeing_windows_;
  uint64_t pattern_;
  probe::Faults faults_;
  probe::PageChanges changes_;
};

}  // namespace cowbench::internal

#endif  // COWBENCH_LIB_FORK_LOOKS_H_
