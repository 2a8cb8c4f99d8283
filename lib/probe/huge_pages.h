// Transparent huge pages (Documentation/admin-guide/mm/transhuge.rst).
//
// A huge page that child and parent share is copied like any other memory, 4
// KiB at a time: a write to it splits its mapping in the writer, not the page
// itself, and copies the one small page that is written to
// (mm/huge_memory.c, do_huge_pmd_wp_page: __split_huge_pmd, VM_FAULT_FALLBACK;
// then mm/memory.c, wp_page_copy). So `copied` means the same here as
// everywhere: pages of PageSize() bytes, shared before and private after. The
// 511 others keep both of their mappings, which is what bit 56 of pagemap says
// of them (fs/proc/task_mmu.c); under CONFIG_NO_PAGE_MAPCOUNT, it may go on
// saying "shared" of a page in a huge one that only this process still maps,
// which is never one that was copied.
//
// Where an allocator advises huge pages (madvise(MADV_HUGEPAGE)), khugepaged
// makes some at times of its own, of the parent's memory or the child's. It
// copies the pages that they are made of, and leaves the originals to the
// other side (mm/khugepaged.c, collapse_huge_page): pages become a process's
// own without a fault. With glibc.malloc.hugetlb=1 and --verify that was seen
// in 0 to 4 of 384 rows, and in most of 12 rows with khugepaged's
// scan_sleep_millisecs at 1.
//
// A write to a page of a split huge page sometimes faults twice. Measured on
// Linux 6.18: in 32 of 3000 children that wrote to 4608 pages each, and in none
// of 3000 without huge pages. By its tracepoints (exceptions:page_fault_user,
// kmem:mm_page_alloc), the first fault takes 10 to 20 us and ends without a new
// page, as handle_pte_fault() does when the entry has changed since it was read
// without a lock (mm/memory.c). What changes it is not known. Nothing is copied
// twice, but the kernel counts the fault.
#ifndef COWBENCH_LIB_PROBE_HUGE_PAGES_H_
#define COWBENCH_LIB_PROBE_HUGE_PAGES_H_

#include <cstdint>

#include "absl/status/status.h"
#include "lib/probe/page_set.h"

namespace cowbench::probe {

// Bytes of this process's anonymous memory that huge pages hold: AnonHugePages
// of /proc/self/smaps_rollup (proc(5)), or 0 where there is no such file.
uint64_t AnonymousHugeBytes();

// Whether each fault of this process fills one page: it has no huge pages, and
// the system enables no multi-size ones. Allocates nothing.
bool EachFaultFillsOnePage();

// Puts all of `data` that a huge page can hold, which is an aligned stretch of
// its size within one mapping, into huge pages: madvise(MADV_COLLAPSE), Linux
// 6.1. That does not depend on what the system has enabled, and leaves no
// advice behind that khugepaged would act upon at a time of its own.
//
// Errors: kFailedPrecondition, telling why, when no huge page fits, or when
// the kernel refuses one of them.
absl::Status CollapseIntoHugePages(const PageSet& data);

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_HUGE_PAGES_H_
