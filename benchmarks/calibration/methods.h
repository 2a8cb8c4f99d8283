// The ways to tell how much a process copied on write.
#ifndef COWBENCH_BENCHMARKS_CALIBRATION_METHODS_H_
#define COWBENCH_BENCHMARKS_CALIBRATION_METHODS_H_

#include <cstddef>
#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace cowbench {

// What the process may write to, aligned to pages.
struct DataSet {
  char* begin;
  size_t bytes;
};

struct Method {
  const char* name;
  // Says why this process cannot use it, if so. Null: everybody can.
  absl::Status (*available)();
  // Runs `window` in the calling process, once, and returns how many bytes
  // the method says that it copied. Reads the kernel's figures before and
  // after, as the method's users do, but allocates nothing meanwhile, so that
  // the result shows the method and not the way its figures are read.
  absl::StatusOr<int64_t> (*measure)(const DataSet& data,
                                     absl::FunctionRef<void()> window);
};

absl::Span<const Method> Methods();

// One of them, in a file of its own: the pages that were written to according
// to ioctl(PAGEMAP_SCAN) on a range that userfaultfd watches.
absl::StatusOr<int64_t> MeasureWrittenPages(const DataSet& data,
                                            absl::FunctionRef<void()> window);
absl::Status WrittenPagesAvailable();

}  // namespace cowbench

#endif  // COWBENCH_BENCHMARKS_CALIBRATION_METHODS_H_
