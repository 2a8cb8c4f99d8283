// Which elements are touched where not all are.
#ifndef COWBENCH_LIB_WORKLOAD_SPREAD_H_
#define COWBENCH_LIB_WORKLOAD_SPREAD_H_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/workload/touch.h"

namespace cowbench::workload {

// The touched elements of a spread that is drawn by lot: one bit for each
// element, in a private mapping of its own. A child finds the pages mapped and
// reads them, which is neither a fault nor a copy.
//
// The lots are integers from a fixed seed (SplitMix64), so that a number of
// elements, a number of touched ones and a spread choose the same elements on
// every machine.
class Selection {
 public:
  // Draws until `touch.touched` different elements are chosen. Empty for a
  // spread that is not drawn. Errors: kResourceExhausted when the kernel
  // refuses the mapping.
  static absl::StatusOr<Selection> Draw(const Touch& touch);

  Selection(Selection&& other) noexcept
      : bits_(std::exchange(other.bits_, nullptr)), bytes_(other.bytes_) {}
  Selection& operator=(Selection&&) = delete;
  ~Selection();

  // What `Touch::chosen` points to; null where nothing was drawn.
  const uint64_t* bits() const { return bits_; }

 private:
  Selection(uint64_t* bits, size_t bytes) : bits_(bits), bytes_(bytes) {}

  uint64_t* bits_;
  size_t bytes_;
};

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_SPREAD_H_
