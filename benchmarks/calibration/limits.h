// The lowest times that kernel and memory allow.
#ifndef COWBENCH_BENCHMARKS_CALIBRATION_LIMITS_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_LIMITS_H_

#include <cstddef>

namespace cowbench {

// An anonymous private mapping, every page written once.
class Pages {
 public:
  // One page in every `stride` is written; the others stay absent.
  explicit Pages(size_t bytes, size_t stride = 1);
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  ~Pages();

  size_t count() const;  // all of them, absent ones too
  volatile char& operator[](size_t page);
  char* data() { return data_; }

 private:
  char* data_;
  size_t bytes_;
};

// fork() reads and writes the struct page of each frame, which has 64 bytes, so
// its cost depends on how these lie in memory. The kernel uses single free
// frames, which lie between frames in use, before it splits larger free blocks
// (mm/page_alloc.c, __rmqueue_smallest; /proc/buddyinfo).

// Takes all single free frames. While the result exists, new mappings get
// consecutive frames.
Pages FillGaps();
inline constexpr size_t kGapsBytes = size_t{4} << 30;  // more than there are
// All pages in consecutive frames.
Pages MapConsecutive(size_t bytes);
// Pages in frames that are in no order and never adjacent, as in a process that
// has run for a long time. `bytes` is a power of two.
Pages MapScattered(size_t bytes);

// The following functions return mean seconds for one page.

// A child writes to a shared page: a fault with a copy.
double CopyingFaultTime(Pages& pages);
// This process writes to a page that is not shared any more, as after
// CopyingFaultTime(): a fault without a copy (mm/memory.c, wp_page_reuse).
double ReusingFaultTime(Pages& pages);
// Reads a page of a new mapping of the same size: a fault that maps the
// kernel's zero page.
double ZeroPageFaultTime(const Pages& pages);
// Copies a page by memcpy from memory that is in no cache. `pages` must be
// larger than the caches.
double ColdCopyTime(Pages& from, Pages& to);

struct ForkCost {
  double fork_time;    // seconds in fork()
  double page_tables;  // of the child: its VmPTE / 4 KiB
};

// Forks a child that exits at once.
ForkCost MeasureFork();

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_LIMITS_H_
