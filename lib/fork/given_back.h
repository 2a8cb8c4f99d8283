// Memory that a writer gives back to the kernel in its window.
//
// A page that is copied and then given back is missing in the count; that is
// seen, because it is absent afterwards. But one that is given back and touched
// again looks like a copy. So whoever can should report each madvise(2) and
// munmap(2), as the subjects of the suite do (lib/subject/given_back.cc).
#ifndef COWBENCH_LIB_FORK_GIVEN_BACK_H_
#define COWBENCH_LIB_FORK_GIVEN_BACK_H_

#include <cstddef>

namespace cowbench {

// Reports that so many bytes are given back. Does nothing but in a run. Writes
// to shared memory alone.
void ReportGivenBack(size_t bytes);

}  // namespace cowbench

#endif  // COWBENCH_LIB_FORK_GIVEN_BACK_H_
