// The access flag of a page's entry in the page tables.
//
// fork() gives a child entries without this flag (mm/memory.c: pte_mkold). Most
// processors set it when the page is accessed. Where it is left to the kernel,
// a child's first access to each page is a minor fault, which copies nothing,
// unless it is a write, which copies the page in the same fault. So it is on
// arm64 processors without FEAT_HAFDBS, such as the Cortex-A72, and on kernels
// without CONFIG_ARM64_HW_AFDBM.
#ifndef COWBENCH_LIB_PROBE_ACCESS_FLAG_H_
#define COWBENCH_LIB_PROBE_ACCESS_FLAG_H_

namespace cowbench::probe {

// Whether the access flag is left to the kernel: takes it away from some new
// pages (madvise(MADV_COLD), Linux 5.4), and sees whether reading them faults.
// False if the kernel refuses that. Allocates nothing.
bool FirstAccessFaults();

}  // namespace cowbench::probe

#endif  // COWBENCH_LIB_PROBE_ACCESS_FLAG_H_
