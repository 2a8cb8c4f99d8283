// The options of ForkRunner::Run().
#ifndef COWBENCH_LIB_FORK_FORK_OPTIONS_H_
#define COWBENCH_LIB_FORK_FORK_OPTIONS_H_

#include "absl/time/time.h"
#include "lib/probe/page_set.h"

namespace cowbench {

// More children teach nothing new, but need more memory for page tables.
inline constexpr int kMaxChildren = 64;

// Who runs the pattern.
enum class Writer {
  kChild,       // every child, all at the same time
  kParent,      // the parent, while the children wait: like a server that has
                // forked a child to write a snapshot
  kParentLast,  // every child, then the parent while they wait; the parent is
                // measured
};

struct ForkOptions {
  int children = 1;
  Writer writer = Writer::kChild;
  // The time for everything but the parent's own window and the children's
  // exit. Children that still run then are killed.
  absl::Duration deadline = absl::Seconds(60);
  // The pages of the data set. If given, copies of other pages are also counted
  // apart, as metadata.
  const probe::PageSet* data = nullptr;
  // A counted fork reads the states of all pages before and after the window.
  // A timed fork does not, and its samples have no page counts. It has as many
  // faults as a counted fork if the last counted one had the same children,
  // writer, pattern and data (lib/fork/writer_probe.h).
  bool count_pages = true;
  // Also compares the counts with the kernel's count of copies and with frame
  // numbers (lib/probe/oracle.h), and explains every fault. A difference is an
  // error. Counts pages in any case. Needs root.
  bool verify = false;
  // An open file that children execute where they would else call _exit(2); -1
  // for none. It must end with status 0.
  int program_fd = -1;

  bool counted() const { return count_pages || verify; }
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_FORK_FORK_OPTIONS_H_
