// The events of perf_event_open(2) that tell of page faults.
#ifndef COWBENCH_LIB_TRACE_FAULT_EVENTS_H_
#define COWBENCH_LIB_TRACE_FAULT_EVENTS_H_

#include <linux/perf_event.h>

#include <cstdint>
#include <vector>

#include "lib/trace/fault_ring.h"

namespace cowbench::trace {

// What an event's records tell of.
enum class EventKind : uint8_t {
  kFault,
  kChain,     // the call path of one fault in kFaultsPerChain
  kForkCall,  // a thread has called the kernel to fork
};

struct Event {
  perf_event_attr attributes;
  EventKind kind = EventKind::kFault;
};

// Sets of events, each for one ring, the best one first.
std::vector<std::vector<Event>> EventChoices(Faults faults,
                                             CallGraph call_graph);

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_FAULT_EVENTS_H_
