// What one writer does before, in and after its window.
//
// All of it runs while all processes must be quiet: nothing here may write to
// a page that the writer shares with its peers and that the pattern might write
// to, because the pattern would then find that page copied. So the object lies
// on the settled stack, everything large is in shared memory, and nothing is
// allocated until there is an error to report.
#ifndef COWBENCH_LIB_FORK_WRITER_PROBE_H_
#define COWBENCH_LIB_FORK_WRITER_PROBE_H_

#include <cstdint>
#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "lib/fork/control_block.h"
#include "lib/fork/fork_options.h"
#include "lib/fork/sample.h"
#include "lib/probe/oracle.h"
#include "lib/probe/page_snapshot.h"

namespace cowbench::internal {

class WriterProbe {
 public:
  // `snapshot` is the writer's own, in shared memory. It keeps what the last
  // counted fork saw, and is null before the first one.
  WriterProbe(const ForkOptions& options, probe::PageSnapshot* snapshot,
              ControlBlock* control, int index)
      : options_(options),
        snapshot_(snapshot),
        given_back_(&control->given_back[index]),
        sample_(&control->samples[index]) {}

  // Looks at all pages if this is a counted fork. Then takes write faults on
  // the pages that belong to the writer alone. A peer has left them behind by
  // copying them, so that they are still write-protected here. Whether a write
  // reuses such a page or copies it is decided by chance: the kernel copies it
  // while its frame waits in the LRU batch of another CPU, which holds a
  // reference (mm/memory.c, wp_can_reuse_anon_folio; mm/swap.c). A timed fork
  // does the same to the pages that the last counted one found.
  //
  // Errors: those of PageSnapshot::Take(), kFailedPrecondition when pages are
  // swapped out or, with `verify`, when there is no oracle.
  absl::Status PrepareWindow();

  // Runs the pattern, and fills in times and faults. Errors: kInternal with
  // what() of a std::exception that the pattern threw, kUnavailable when
  // getrusage(2) is refused.
  absl::Status RunWindow(absl::FunctionRef<void()> pattern);

  // Of a counted fork, once the windows of all writers have ended: fills in
  // what became of the pages. Errors: those of PageSnapshot::Compare(),
  // kFailedPrecondition when pages are swapped out, kDataLoss when `verify`
  // found a difference.
  absl::Status CountPages();

 private:
  absl::Status LookBefore();
  uint64_t UnsurePages(uint64_t gone_pages) const;
  absl::Status LookAfter();
  absl::Status ReadOracles();
  absl::Status CompareWithOracles();

  const ForkOptions& options_;
  probe::PageSnapshot* snapshot_;
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
