// The methods to measure how much a process copied on write.
#ifndef COWBENCH_BENCHMARKS_CALIBRATION_METHODS_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_METHODS_H_

#include <cstddef>
#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace cowbench {

// The memory that the process may write to, aligned to pages.
struct DataSet {
  char* begin;
  size_t bytes;
};

struct Method {
  const char* name;
  // Whether this process can use the method. Null if every process can.
  absl::Status (*available)();
  // Runs `window` once in the calling process, and returns how many bytes it
  // copied, according to the method. Reads the kernel's figures before and
  // after, as users of the method do, but allocates nothing, because that would
  // change the result.
  absl::StatusOr<int64_t> (*measure)(const DataSet& data,
                                     absl::FunctionRef<void()> window);
};

absl::Span<const Method> Methods();

// One of these methods, in written_pages.cc: ioctl(PAGEMAP_SCAN) finds the
// pages that were written to in a range that userfaultfd watches.
absl::StatusOr<int64_t> MeasureWrittenPages(const DataSet& data,
                                            absl::FunctionRef<void()> window);
absl::Status WrittenPagesAvailable();

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_METHODS_H_
