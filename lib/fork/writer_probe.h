// What one writer does before, in and after its window.
//
// All processes must be quiet then (fork_runner.cc): nothing here may write to
// a shared page that the pattern might write to, because the pattern would find
// it already copied. So the object lies on the settled stack, everything large
// is in shared memory, and memory is allocated only to report an error.
#ifndef COWBENCH_LIB_FORK_WRITER_PROBE_H_
#define COWBENCH_LIB_FORK_WRITER_PROBE_H_

#include <cstdint>
#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/fork/control_block.h"
#include "lib/fork/fork_options.h"
#include "lib/fork/sample.h"
#include "lib/probe/migrations.h"
#include "lib/probe/oracle.h"
#include "lib/probe/page_snapshot.h"

namespace cowbench::internal {

class WriterProbe {
 public:
  // `snapshot` is the writer's own, in shared memory, and with
  // Writer::kParentLast the next one, too. It has the page states of the last
  // counted fork, and is null before the first one.
  WriterProbe(const ForkOptions& options, probe::PageSnapshot* snapshot,
              ControlBlock* control, int index)
      : options_(options),
        snapshot_(snapshot),
        at_begin_(snapshot),
        given_back_(&control->given_back[index]),
        sample_(&control->samples[index]) {}

  // In a counted fork, records the states of all pages. Then takes write faults
  // on the writer's private pages. When another process copies a page, the
  // original becomes private here, but stays write-protected. Whether a write
  // to it copies it again depends on chance: the kernel copies it while the LRU
  // batch of another CPU holds a reference to its frame (mm/memory.c,
  // wp_can_reuse_anon_folio; mm/swap.c). A timed fork takes these faults on the
  // pages that were private in the last counted fork.
  //
  // Errors: those of PageSnapshot::Take(), kFailedPrecondition when pages are
  // swapped out.
  absl::Status PrepareWindow();

  // Of a parent, once its children have run the pattern, too: reads the states
  // again. The pages that children have left to the parent alone stay
  // write-protected, so that writing to them is a fault of the window. That it
  // is no copy, and not left to chance, is seen to by emptying the LRU batches
  // of all CPUs.
  //
  // Errors: as above; kFailedPrecondition where the parent has huge pages, of
  // which the kernel copies each page as long as a child has any part of them
  // (mm/memory.c, wp_can_reuse_anon_folio).
  absl::Status ReadStatesAgain();

  // Runs the pattern, and fills in times and faults. Errors: kInternal with
  // what() of a std::exception that the pattern threw, kUnavailable when
  // getrusage(2) is refused.
  absl::Status RunWindow(absl::FunctionRef<void()> pattern);

  // Fills in the page counts. Only for a counted fork, after the windows of all
  // writers have ended. Errors: those of PageSnapshot::Compare(),
  // kFailedPrecondition when pages are swapped out, kDataLoss when `verify`
  // found a difference.
  absl::Status CountPages();

 private:
  absl::Status ReadStatesBefore();
  // How many of the pages that were left to the parent it has written to. A
  // write fault is taken on all that are its own: only a page that was not
  // written to has one.
  absl::StatusOr<uint32_t> CountReusedPages();
  uint32_t UnsurePages(uint64_t gone_pages) const;
  absl::Status CompareStatesAfter();
  absl::Status ReadOracles();
  absl::Status CompareWithOracles();

  const ForkOptions& options_;
  probe::PageSnapshot* snapshot_;
  probe::PageSnapshot* at_begin_;  // of the window
  uint64_t left_behind_ = 0;  // pages that became its own before the window
  uint64_t left_behind_and_gone_ = 0;  // those that the window gave back
  GivenBack* given_back_;
  Sample* sample_;
  // With `verify`, readings before the window.
  std::optional<probe::FrameSnapshot> frames_;
  uint64_t kernel_copies_ = 0;
  uint64_t shared_mapping_pages_ = 0;
  probe::KernelActions actions_;
  bool had_huge_pages_ = false;
};

}  // namespace cowbench::internal

#endif  // COWBENCH_LIB_FORK_WRITER_PROBE_H_
