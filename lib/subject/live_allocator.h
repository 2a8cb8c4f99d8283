// The allocator that this process really uses.
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
  Text<128> version;  // from the library itself, or "unknown"
};

// Asks the dynamic linker. Leaves nothing in the heap. Errors:
// kFailedPrecondition when malloc, calloc, realloc, free and posix_memalign do
// not all come from the same file.
absl::StatusOr<LiveAllocator> FindLiveAllocator();

// Asks the live allocator to give its free memory back to the kernel:
// malloc_trim(3), jemalloc's arena.<i>.purge, tcmalloc's
// MallocExtension::ReleaseFreeMemory(), mimalloc's mi_collect(). With the
// settings in allocators.bzl, mimalloc gives nothing back. Errors:
// kUnimplemented when the allocator has no such function, kInternal when the
// function fails.
absl::Status ReleaseFreeMemory();

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUBJECT_LIVE_ALLOCATOR_H_
