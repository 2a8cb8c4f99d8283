// The events of perf_event_open(2) that record page faults.
#ifndef COWBENCH_LIB_TRACE_FAULT_EVENTS_H_
#define COWBENCH_LIB_TRACE_FAULT_EVENTS_H_

#include <linux/perf_event.h>

#include <cstdint>
#include <vector>

#include "lib/trace/fault_ring.h"

namespace cowbench::trace {

// What a record of an event means.
enum class EventKind : uint8_t {
  kFault,
  kChain,     // the call path of one fault in kFaultsPerChain
  kForkCall,  // a thread enters a system call that forks
};

struct Event {
  perf_event_attr attributes;
  EventKind kind = EventKind::kFault;
};

// Returns alternative sets of events, the best first. The events of a set share
// one ring.
std::vector<std::vector<Event>> EventChoices(Faults faults,
                                             CallGraph call_graph);

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_FAULT_EVENTS_H_
