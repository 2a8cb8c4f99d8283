// Draws the touched elements of the random spreads.
#ifndef COWBENCH_LIB_WORKLOAD_SPREAD_H_
#define COWBENCH_LIB_WORKLOAD_SPREAD_H_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/workload/touch.h"

namespace cowbench::workload {

// The elements drawn for a random spread: one bit for each element, in a
// private mapping of its own. A child inherits the mapping with its page
// tables, so reading it causes no fault and no copy.
//
// The random numbers are integers from a fixed seed (SplitMix64). So the same
// number of elements, number of touched ones and spread choose the same
// elements on every machine.
class Selection {
 public:
  // Draws until `touch.touched` different elements are chosen. Empty for a
  // spread that is not random. Errors: kResourceExhausted if the kernel refuses
  // the mapping.
  static absl::StatusOr<Selection> Draw(const Touch& touch);

  Selection(Selection&& other) noexcept
      : bits_(std::exchange(other.bits_, nullptr)), bytes_(other.bytes_) {}
  Selection& operator=(Selection&&) = delete;
  ~Selection();

  // The value for Touch::chosen; null if nothing was drawn.
  const uint64_t* bits() const { return bits_; }

 private:
  Selection(uint64_t* bits, size_t bytes) : bits_(bits), bytes_(bytes) {}

  uint64_t* bits_;
  size_t bytes_;
};

}  // namespace cowbench::workload

#endif  // COWBENCH_LIB_WORKLOAD_SPREAD_H_
