// Which malloc answers in this process?
#ifndef COWBENCH_LIB_SUBJECT_LIVE_ALLOCATOR_H_
#define COWBENCH_LIB_SUBJECT_LIVE_ALLOCATOR_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/subject/protocol.h"

namespace cowbench {

struct LiveAllocator {
  // Path of the file that defines malloc; the dynamic linker owns it.
  absl::string_view library;
  Text<128> version;  // as the library itself says, or "unknown"
};

// Asks the dynamic linker. Keeps nothing in the heap. Errors:
// kFailedPrecondition when malloc, calloc, realloc, free and posix_memalign do
// not all come from the same file.
absl::StatusOr<LiveAllocator> FindLiveAllocator();

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUBJECT_LIVE_ALLOCATOR_H_
