#include "lib/trace/fault_events.h"

#include <time.h>

#include <fstream>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace cowbench::trace {
namespace {

constexpr uint16_t kLongestChain = 96;

std::optional<uint64_t> TracepointId(absl::string_view name) {
  for (const char* folder :
       {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}) {
    std::ifstream file(
        absl::StrCat(folder, "/events/exceptions/", name, "/id"));
    uint64_t id = 0;
    if (file >> id) {
      return id;
    }
  }
  return std::nullopt;
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
  attributes.sample_max_stack = kLongestChain;
  attributes.use_clockid = 1;
  attributes.clockid = CLOCK_MONOTONIC;
  attributes.watermark = 1;
  return attributes;
}

// Of those that needed no disk, as copies do. It must be another kind of event
// than the one that records all faults: where one fault makes two records of
// the same kind, the second one bears the identifier of the first
// (kernel/events/core.c, do_perf_sw_event).
perf_event_attr Chains(bool is_users) {
  perf_event_attr attributes =
      Attributes(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MIN);
  attributes.exclude_kernel = is_users ? 1 : 0;
  attributes.sample_period = kFaultsPerChain;
  attributes.sample_type |= PERF_SAMPLE_CALLCHAIN;
  return attributes;
}

}  // namespace

std::vector<std::vector<perf_event_attr>> EventChoices(Faults faults) {
  using Events = std::vector<perf_event_attr>;
  perf_event_attr software =
      Attributes(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS);
  std::vector<Events> choices;
  const std::optional<uint64_t> user = TracepointId("page_fault_user");
  const std::optional<uint64_t> kernel = TracepointId("page_fault_kernel");
  if (faults == Faults::kAll && user && kernel) {
    Events events = {Attributes(PERF_TYPE_TRACEPOINT, *user),
                     Attributes(PERF_TYPE_TRACEPOINT, *kernel)};
    for (perf_event_attr& event : events) {
      event.sample_type |= PERF_SAMPLE_RAW;
    }
    events.push_back(Chains(false));
    choices.push_back(events);
  }
  for (const bool is_users : {false, true}) {
    software.exclude_kernel = is_users ? 1 : 0;
    choices.push_back(faults == Faults::kAll
                          ? Events{software, Chains(is_users)}
                          : Events{Chains(is_users)});
  }
  return choices;
}

}  // namespace cowbench::trace
