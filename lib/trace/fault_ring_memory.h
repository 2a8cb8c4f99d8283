// One ring of FaultRings, shared by the code that opens it and the code that
// reads it.
#ifndef COWBENCH_LIB_TRACE_FAULT_RING_MEMORY_H_
#define COWBENCH_LIB_TRACE_FAULT_RING_MEMORY_H_

#include <linux/perf_event.h>

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "lib/trace/fault_ring.h"

namespace cowbench::trace {

struct FaultRings::Ring {
  int cpu = 0;
  int descriptor = -1;
  std::vector<int> others;  // events that write to the same memory
  char* memory = nullptr;
  size_t bytes = 0;             // size of the data area
  std::optional<Record> chain;  // a chain whose fault is the next record
  std::deque<Record> chains;    // of faults that BpfFaults recorded

  perf_event_mmap_page* header() const {
    return reinterpret_cast<perf_event_mmap_page*>(memory);
  }
};

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_FAULT_RING_MEMORY_H_
