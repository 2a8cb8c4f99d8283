// What the kernel and the memory allow: the floor under the suite's times.
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

// fork() works on the struct page of each frame, 64 bytes of it, and its cost
// depends on how these lie in memory. The kernel hands out the free frames
// between frames in use before it splits larger blocks (mm/page_alloc.c,
// __rmqueue_smallest; /proc/buddyinfo).

// Occupies such gaps. What is mapped while it exists gets consecutive frames.
Pages FillGaps();
inline constexpr size_t kGapsBytes = size_t{4} << 30;  // more than there are

// All pages in consecutive frames.
Pages MapConsecutive(size_t bytes);
// In frames in no order, none next to another one, as in a process that has
// long been running. `bytes` is a power of two.
Pages MapScattered(size_t bytes);

// Mean seconds for a page of `pages`:
// A child writes to it first: a fault, and a copy.
double CopyingFaultTime(Pages& pages);
// This process writes to it when nobody shares it any more, as after
// CopyingFaultTime(): a fault that finds nothing to copy (mm/memory.c,
// wp_page_reuse).
double ReusingFaultTime(Pages& pages);
// Reads a page of a new mapping of the same size: a fault that maps the
// kernel's zero page.
double ZeroPageFaultTime(const Pages& pages);
// memcpy of 4 KiB from a page that has long left the caches to another one.
// `pages` must be larger than the caches.
double ColdCopyTime(Pages& from, Pages& to);

struct ForkCost {
  double fork_time;    // seconds in fork()
  double page_tables;  // that the child has: its VmPTE / 4 KiB
};

// Forks a child that exits at once.
ForkCost MeasureFork();

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_LIMITS_H_
