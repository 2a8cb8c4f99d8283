#include "benchmarks/calibration/prepared_array.h"

#include <algorithm>
#include <cstdlib>

#include "benchmarks/calibration/limits.h"
#include "benchmarks/calibration/registration.h"

namespace cowbench {
namespace {

workload::Array* prepared_array = nullptr;
uint64_t prepared_bytes = 0;

}  // namespace

void ReleaseArray() {
  if (prepared_array != nullptr) {
    free(&prepared_array->value(0));
    delete prepared_array;
    prepared_array = nullptr;
  }
}

workload::Array* PrepareArray(uint64_t bytes, uint64_t copied,
                              benchmark::State& state) {
  if (prepared_bytes != bytes) {
    ReleaseArray();
  }
  const uint64_t needed =
      prepared_array != nullptr ? copied : bytes + std::max(copied, kGapsBytes);
  if (SkipWithoutMemory(needed, state)) {
    return nullptr;
  }
  if (prepared_array == nullptr) {
    const Pages gaps = FillGaps();
    prepared_array = new workload::Array(workload::Array::ElementCount(bytes));
    prepared_bytes = bytes;
  }
  return prepared_array;
}

}  // namespace cowbench
