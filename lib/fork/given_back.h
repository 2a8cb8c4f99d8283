// Memory that a writer gives back to the kernel in its window.
//
// A page that is copied and then given back is missing in the count; that is
// seen, because it is absent afterwards. But one that is given back and touched
// again looks like a copy. So whoever can should report each madvise(2) and
// munmap(2), as the subjects of the suite do (lib/subject/given_back.cc). Other
// ways are not seen: mmap(2) over old memory, mremap(2), and what the C
// library's malloc does to its heap.
#ifndef COWBENCH_LIB_FORK_GIVEN_BACK_H_
#define COWBENCH_LIB_FORK_GIVEN_BACK_H_

#include <cstddef>

namespace cowbench {

// Reports that so many bytes, and the rest of the last page, were given back.
// Counts in the window of the calling writer alone. Writes to shared memory.
void ReportGivenBack(size_t bytes);

}  // namespace cowbench

#endif  // COWBENCH_LIB_FORK_GIVEN_BACK_H_
