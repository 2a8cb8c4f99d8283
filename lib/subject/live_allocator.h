// Which malloc answers in this process?
#ifndef COWBENCH_LIB_SUBJECT_LIVE_ALLOCATOR_H_
#define COWBENCH_LIB_SUBJECT_LIVE_ALLOCATOR_H_

#include "absl/status/status.h"
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

// Makes the live allocator give its free memory back to the kernel, as far as
// it does so when asked: malloc_trim(3), jemalloc's arena.<i>.purge, tcmalloc's
// MallocExtension::ReleaseFreeMemory(), mi_collect(3). With mimalloc's settings
// in allocators.bzl that is nothing at all. Errors: kUnimplemented where it
// offers no function that does; kInternal where that function fails.
absl::Status ReleaseFreeMemory();

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUBJECT_LIVE_ALLOCATOR_H_
