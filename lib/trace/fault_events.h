// The events of perf_event_open(2) that record page faults.
#ifndef COWBENCH_LIB_TRACE_FAULT_EVENTS_H_
#define COWBENCH_LIB_TRACE_FAULT_EVENTS_H_

#include <linux/perf_event.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/trace/fault_ring.h"

namespace cowbench::trace {

// What a record of an event means.
enum class EventKind : uint8_t {
  kFault,
  kChain,     // the call path of one fault in kFaultsPerChain
  kForkCall,  // a thread enters a system call that forks
  kLife,      // no faults, only births and ends: BpfFaults records the faults
};

struct Event {
  perf_event_attr attributes;
  EventKind kind = EventKind::kFault;
  bool is_of_all = false;  // of all threads on the CPU, traced or not
};

// The number of an event of the kernel; `name` is subsystem/event.
std::optional<uint64_t> TracepointId(absl::string_view name);
// Where the event's record has a field.
std::optional<int16_t> TracepointField(absl::string_view name,
                                       absl::string_view field);

// The access that has this error code of the processor.
Access AccessOf(uint64_t error);

// Returns alternative sets of events, the best first. The events of a set share
// one ring. The first event tells how faults are recorded.
std::vector<std::vector<Event>> EventChoices(Faults faults,
                                             CallGraph call_graph);

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_FAULT_EVENTS_H_
