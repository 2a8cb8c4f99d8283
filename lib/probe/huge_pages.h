// Transparent huge pages (Documentation/admin-guide/mm/transhuge.rst).
//
// A huge page that child and parent share is copied like any other memory, a
// page at a time. A write to it splits its mapping in the writer, not the page
// itself, and copies only the small page that is written to
// (mm/huge_memory.c, do_huge_pmd_wp_page: __split_huge_pmd, VM_FAULT_FALLBACK;
// then mm/memory.c, wp_page_copy). So `copied` means the same here as
// everywhere: pages of PageSize() bytes, shared before and private after. The
// others keep both of their mappings, and bit 56 of pagemap says so
// (fs/proc/task_mmu.c). Under CONFIG_NO_PAGE_MAPCOUNT, that bit may still say
// "shared" when only this process maps a page of a huge one. That page was
// never copied.
//
// Where an allocator advises huge pages (madvise(MADV_HUGEPAGE)), khugepaged
// makes some at any time, in the parent or in the child. It copies the pages
// that they are made of, and leaves the originals to the other process
// (mm/khugepaged.c, collapse_huge_page): pages become private without a fault.
// With glibc.malloc.hugetlb=1 and --verify, this happened in 0 to 4 of 384
// rows, and in most of 12 rows with khugepaged's scan_sleep_millisecs at 1.
//
// A write to a page of a split huge page sometimes faults twice. Measured on
// Linux 6.18: in 32 of 3000 children that wrote to 4608 pages each, and in none
// of 3000 without huge pages. The tracepoints exceptions:page_fault_user and
// kmem:mm_page_alloc show that the first fault takes 10 to 20 us and allocates
// no page. handle_pte_fault() does this when the entry has changed since it was
// read without a lock (mm/memory.c); what changes it is not known. No page is
// copied twice, but the kernel counts both faults.
#ifndef COWBENCH_LIB_PROBE_HUGE_PAGES_H_
#define COWBENCH_LIB_PROBE_HUGE_PAGES_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "lib/probe/page_set.h"

namespace cowbench::probe {

// Bytes of a huge page that fills a whole page table (hpage_pmd_size): 2 MiB
// with pages of 4 KiB, 32 MiB with 16 KiB, 512 MiB with 64 KiB. 0 if the kernel
// has no huge pages.
uint64_t HugePageSize();

// Bytes of this process's anonymous memory in huge pages: AnonHugePages of
// /proc/self/smaps_rollup (proc(5)), or 0 where there is no such file.
uint64_t AnonymousHugeBytes();

// The word in brackets of a setting: "madvise" in "always [madvise] never". All
// of it if there are no brackets.
std::string_view ChosenIn(std::string_view setting);

// Calls `visit` for each size of huge pages that the system has not switched
// off, in ascending order: its bytes and its chosen setting, such as "inherit".
// Allocates nothing.
void ForEachEnabledSize(
    absl::FunctionRef<void(size_t bytes, std::string_view setting)> visit);

// Whether this process gets no huge page of any size, whatever the system
// enables: PR_SET_THP_DISABLE in prctl(2), which it may have inherited.
bool HugePagesAreDisabled();

// Whether each fault of this process fills one page: it has no huge pages, and
// may get no multi-size ones. Allocates nothing.
bool EachFaultFillsOnePage();

// Puts `data` into huge pages as far as possible: each aligned stretch of a
// huge page's size that lies within one mapping. Uses madvise(MADV_COLLAPSE),
// Linux 6.1, which works whatever the system has enabled, and which leaves no
// advice that khugepaged would act upon later.
//
// Errors: kFailedPrecondition, saying why, when no huge page fits, or when
// the kernel refuses one of them.
absl::Status CollapseIntoHugePages(const PageSet& data);

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_HUGE_PAGES_H_
