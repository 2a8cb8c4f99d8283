// Memory that a writer gives back to the kernel in its window.
//
// A page that is copied and then given back is missing in the count. The probe
// notices this, because the page is absent afterwards. But a page that is given
// back and touched again looks like a copy. So a program should report each
// madvise(2) and munmap(2) that gives memory back, as the suite's subjects do
// (lib/subject/given_back.cc). What nobody reports: mmap(2) over old memory,
// mremap(2), and memory that the C library's own malloc gives back.
#ifndef COWBENCH_LIB_FORK_GIVEN_BACK_H_
#define COWBENCH_LIB_FORK_GIVEN_BACK_H_

#include <cstddef>

namespace cowbench {

// Reports that `bytes`, rounded up to whole pages, were given back. Counts only
// within the calling writer's window. Writes only to shared memory.
void ReportGivenBack(size_t bytes);

}  // namespace cowbench

#endif  // COWBENCH_LIB_FORK_GIVEN_BACK_H_
