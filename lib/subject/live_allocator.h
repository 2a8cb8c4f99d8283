// Which malloc answers in this process?
#ifndef COWBENCH_LIB_SUBJECT_LIVE_ALLOCATOR_H_
#define COWBENCH_LIB_SUBJECT_LIVE_ALLOCATOR_H_

#include <string>

#include "absl/status/statusor.h"

namespace cowbench {

struct LiveAllocator {
  std::string library;  // path of the file that defines malloc
  std::string version;  // as the library itself says, or "unknown"
};

// Asks the dynamic linker. Errors: kFailedPrecondition when malloc, calloc,
// realloc, free and posix_memalign do not all come from the same file.
absl::StatusOr<LiveAllocator> FindLiveAllocator();

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUBJECT_LIVE_ALLOCATOR_H_
