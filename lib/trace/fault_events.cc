#include "lib/trace/fault_events.h"

#include <time.h>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/trace/unwinder.h"

namespace cowbench::trace {
namespace {

// How much of the stack each sample of a thread copies: the default of perf
// record. Frames further out are not unwound.
constexpr uint32_t kStackBytes = 8 << 10;

// A file that describes an event.
std::ifstream TracepointFile(absl::string_view name, absl::string_view file) {
  std::ifstream opened(
      absl::StrCat("/sys/kernel/tracing/events/", name, "/", file));
  return opened ? std::move(opened)
                : std::ifstream(absl::StrCat(
                      "/sys/kernel/debug/tracing/events/", name, "/", file));
}

perf_event_attr Attributes(uint32_t type, uint64_t config) {
  perf_event_attr attributes = {};
  attributes.size = sizeof(attributes);
  attributes.type = type;
  attributes.config = config;
  attributes.sample_period = 1;
  attributes.sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_TID |
                           PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR;
  attributes.inherit = 1;
  attributes.exclude_callchain_kernel = 1;
  attributes.sample_max_stack = Unwinder::kLongestChain;
  attributes.use_clockid = 1;
  attributes.clockid = CLOCK_MONOTONIC;
  attributes.watermark = 1;
  return attributes;
}

void AddChains(CallGraph call_graph, perf_event_attr* attributes) {
  if (call_graph == CallGraph::kDwarf) {
    attributes->sample_type |= PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
    attributes->sample_regs_user = Unwinder::kRegisters;
    attributes->sample_stack_user = kStackBytes;
  } else {
    attributes->sample_type |= PERF_SAMPLE_CALLCHAIN;
  }
}

// Call chains of minor faults, as copies are. This must be another kind of
// event than the one that records all faults: if one fault makes two records of
// the same kind, the second carries the identifier of the first
// (kernel/events/core.c, do_perf_sw_event).
Event Chains(CallGraph call_graph, bool is_users) {
  perf_event_attr attributes =
      Attributes(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MIN);
  attributes.exclude_kernel = is_users ? 1 : 0;
  attributes.sample_period = kFaultsPerChain;
  AddChains(call_graph, &attributes);
  return {attributes, EventKind::kChain};
}

// The entries of the system calls that fork.
std::vector<Event> ForkCalls() {
  std::vector<Event> events;
  for (const char* call : {"clone", "clone3", "fork"}) {
    const std::optional<uint64_t> id =
        TracepointId(absl::StrCat("syscalls/sys_enter_", call));
    if (id) {
      events.push_back(
          {Attributes(PERF_TYPE_TRACEPOINT, *id), EventKind::kForkCall});
    }
  }
  return events;
}

// Call chains of the faults that the program of BpfFaults selects.
Event ChainsOfProgram(CallGraph call_graph) {
  perf_event_attr attributes =
      Attributes(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_BPF_OUTPUT);
  AddChains(call_graph, &attributes);
  attributes.inherit = 0;    // required (perf_event_read_local)
  attributes.watermark = 0;  // FaultRings sets wakeup_events
  return {attributes, EventKind::kChain, /*is_of_all=*/true};
}

}  // namespace

std::optional<uint64_t> TracepointId(absl::string_view name) {
  std::ifstream file = TracepointFile(name, "id");
  uint64_t id = 0;
  return file >> id ? std::optional(id) : std::nullopt;
}

std::optional<int16_t> TracepointField(absl::string_view name,
                                       absl::string_view field) {
  std::ifstream file = TracepointFile(name, "format");
  const std::string begin = absl::StrCat(" ", field, ";\toffset:");
  for (std::string line; std::getline(file, line);) {
    const size_t at = line.find(begin);
    if (at != std::string::npos) {
      return static_cast<int16_t>(atoi(line.c_str() + at + begin.size()));
    }
  }
  return std::nullopt;
}

std::vector<std::vector<Event>> EventChoices(Faults faults,
                                             CallGraph call_graph) {
  std::vector<std::vector<Event>> choices;
  const std::optional<uint64_t> user =
      TracepointId("exceptions/page_fault_user");
  const std::optional<uint64_t> kernel =
      TracepointId("exceptions/page_fault_kernel");
  if (faults == Faults::kAll && user && kernel) {
    std::vector<Event> by_program = {
        {Attributes(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_DUMMY), EventKind::kLife},
        ChainsOfProgram(call_graph)};
    for (const Event& event : ForkCalls()) {
      by_program.push_back(event);
    }
    choices.push_back(std::move(by_program));
    std::vector<Event> events = {{Attributes(PERF_TYPE_TRACEPOINT, *user)},
                                 {Attributes(PERF_TYPE_TRACEPOINT, *kernel)}};
    for (Event& event : events) {
      event.attributes.sample_type |= PERF_SAMPLE_RAW;
    }
    events.push_back(Chains(call_graph, false));
    for (const Event& event : ForkCalls()) {
      events.push_back(event);
    }
    choices.push_back(std::move(events));
  }
  for (const bool is_users : {false, true}) {
    std::vector<Event> events;
    if (faults == Faults::kAll) {
      events.push_back(
          {Attributes(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS)});
      events.back().attributes.exclude_kernel = is_users ? 1 : 0;
    }
    events.push_back(Chains(call_graph, is_users));
    choices.push_back(std::move(events));
  }
  return choices;
}

}  // namespace cowbench::trace
