// The events of perf_event_open(2) that tell of page faults.
#ifndef COWBENCH_LIB_TRACE_FAULT_EVENTS_H_
#define COWBENCH_LIB_TRACE_FAULT_EVENTS_H_

#include <linux/perf_event.h>

#include <vector>

#include "lib/trace/fault_ring.h"

namespace cowbench::trace {

// Sets of events, each for one ring, the best one first.
std::vector<std::vector<perf_event_attr>> EventChoices(Faults faults);

// Whether its records have call chains.
inline bool HasChain(const perf_event_attr& attributes) {
  return (attributes.sample_type & PERF_SAMPLE_CALLCHAIN) != 0;
}

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_FAULT_EVENTS_H_
