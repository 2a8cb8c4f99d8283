// What ForkRunner::Run() is asked for.
#ifndef COWBENCH_LIB_FORK_FORK_OPTIONS_H_
#define COWBENCH_LIB_FORK_FORK_OPTIONS_H_

#include "absl/time/time.h"
#include "lib/probe/page_set.h"

namespace cowbench {

// More children than this need more memory for page tables than it takes to
// learn anything new.
inline constexpr int kMaxChildren = 64;

// Who runs the pattern.
enum class Writer {
  kChild,   // every child, all at the same time
  kParent,  // the parent, while the children sit still: a server that has
            // forked to write a snapshot
};

struct ForkOptions {
  int children = 1;
  Writer writer = Writer::kChild;
  // For all but the children's exit and a window of the parent's own. The
  // children are killed when it is over.
  absl::Duration deadline = absl::Seconds(60);
  // The pages that hold the data, if copies elsewhere are to be told apart.
  const probe::PageSet* data = nullptr;
  // A counted fork reads the states of all pages before and after the window.
  // A timed one does not, and its samples have no page counts. It has as many
  // faults as a counted one if that was the last fork of the same children,
  // writer, pattern and data (lib/fork/writer_probe.h).
  bool count_pages = true;
  // Also asks the kernel how many pages it copied, compares frame numbers
  // (lib/probe/oracle.h) and accounts for every fault. A page that is not
  // accounted for is an error. Counts pages in any case. Needs root.
  bool verify = false;

  bool counted() const { return count_pages || verify; }
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_FORK_FORK_OPTIONS_H_
