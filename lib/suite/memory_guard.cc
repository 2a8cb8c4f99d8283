#include "lib/suite/memory_guard.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/base/available_memory.h"
#include "lib/base/units.h"
#include "lib/probe/huge_pages.h"

namespace cowbench {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;
// What a process needs besides the data.
constexpr uint64_t kProcessBytes = kMiB;

// How many data sets the heap holds at its peak.
uint64_t DataSets(const Case& c) {
  const uint64_t built = c.Get<axis::Heap>() == workload::Heap::kAged
                             ? workload::kPeakOfAgedHeap + 1
                         : c.Get<axis::Heap>() == workload::Heap::kHoled ? 2
                                                                         : 1;
  return built + (c.Get<axis::BeforeFork>() == BeforeFork::kCompact ? 1 : 0);
}

// What huge pages hold besides the data: the heap's first and last one, and
// some small ones of the allocator's.
uint64_t MemoryOfHugePages() {
  return std::max(16 * kMiB, 2 * probe::HugePageSize());
}

}  // namespace

uint64_t MemoryOfDataSet(const Case& c) {
  // Stack, thread-local storage, and what an allocator keeps for a thread.
  constexpr uint64_t kPerThread = kMiB / 4;
  const int threads = c.Get<axis::Builders>() - 1 + c.Get<axis::Threads>();
  return DataSets(c) * (c.size + c.size / 2) + kProcessBytes +
         static_cast<uint64_t>(threads) * kPerThread +
         (c.Get<axis::Thp>() == HugePages::kAlways ? MemoryOfHugePages() : 0);
}

uint64_t MemoryOfCopies(const Case& c, uint64_t data_set_bytes) {
  const int copies =
      (c.pattern->writes ? 1 : 0) + (c.pattern->destroys ? 1 : 0);
  return (kProcessBytes + data_set_bytes * static_cast<uint64_t>(copies)) *
         static_cast<uint64_t>(c.runner_count());
}

uint64_t NeededMemory(const Case& c) {
  const uint64_t data_set = MemoryOfDataSet(c);
  return data_set + MemoryOfCopies(c, data_set);
}

absl::Status CheckMemory(uint64_t needed) {
  const uint64_t available = AvailableMemory();
  if (needed > available) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "may need ", HumanBytes(static_cast<double>(needed)),
        " of memory, but only ", HumanBytes(static_cast<double>(available)),
        " is available"));
  }
  return absl::OkStatus();
}

}  // namespace cowbench
