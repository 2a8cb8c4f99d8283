// What was measured in one writer. The window is the time in which the writer
// runs the pattern and does nothing else.
#ifndef COWBENCH_LIB_FORK_SAMPLE_H_
#define COWBENCH_LIB_FORK_SAMPLE_H_

#include <cstdint>
#include <optional>

namespace cowbench {

// Pages of the writer's private mappings. Exact if `unsure` is zero.
struct WindowPages {
  uint64_t copied;           // shared before the window, private after it
  uint64_t copied_metadata;  // copied pages outside of the data set
  uint64_t fresh;            // absent before the window, private after it
  uint64_t fork_tax;         // private before the window
  // `copied` is off by at most this many pages, because the writer gave memory
  // back to the kernel in its window. A page may have been copied before that,
  // or filled with zeros after it (lib/fork/given_back.h).
  uint32_t unsure;
  // Written to in the window, when nobody else had them any more: children that
  // ran the pattern before the parent had copied them, or given them back
  // (Writer::kParentLast).
  uint32_t reused;

  bool operator==(const WindowPages&) const = default;
};

struct Sample {
  std::optional<WindowPages> pages;  // none in a timed fork
  int64_t minor_faults;              // in the window, getrusage(2)
  int64_t major_faults;
  int64_t begin_ns;  // the window, CLOCK_MONOTONIC
  int64_t end_ns;
  int64_t probe_ns;  // time to read page states, before and after the window
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_FORK_SAMPLE_H_
