#include "lib/trace/fault_ring.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/probe/mappings.h"
#include "lib/trace/fault_events.h"
#include "lib/trace/fault_ring_memory.h"
#include "lib/trace/unwinder.h"

namespace cowbench::trace {
namespace {

constexpr size_t kSmallestRing = size_t{4} << 10;

int OpenEvent(perf_event_attr attributes, pid_t thread, int cpu) {
  return static_cast<int>(syscall(SYS_perf_event_open, &attributes, thread, cpu,
                                  -1, PERF_FLAG_FD_CLOEXEC));
}

}  // namespace

int64_t NowNanoseconds() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

void FaultRings::RingDeleter::operator()(Ring* ring) const {
  if (ring->memory != nullptr) {
    munmap(ring->memory, ring->bytes + probe::PageSize());
  }
  if (ring->descriptor >= 0) {
    close(ring->descriptor);
  }
  for (const int other : ring->others) {
    close(other);
  }
  delete ring;
}

// Defined here, where Ring and Unwinder are complete types.
FaultRings::FaultRings() = default;
FaultRings::FaultRings(FaultRings&&) noexcept = default;
FaultRings::~FaultRings() = default;

bool FaultRings::Join(Ring& ring, const Event& event, pid_t thread, int cpu) {
  const int descriptor = OpenEvent(event.attributes, thread, cpu);
  if (descriptor < 0 && errno == ESRCH && ring.descriptor >= 0) {
    return true;  // the thread has ended
  }
  uint64_t identifier = 0;
  if (descriptor < 0 ||
      ioctl(descriptor, PERF_EVENT_IOC_ID, &identifier) != 0) {
    error_ = errno;
    return false;
  }
  kinds_[identifier] = event.kind;
  if (ring.descriptor < 0) {
    ring.descriptor = descriptor;
    return true;
  }
  ring.others.push_back(descriptor);
  if (ioctl(descriptor, PERF_EVENT_IOC_SET_OUTPUT, ring.descriptor) != 0) {
    error_ = errno;
    return false;
  }
  return true;
}

bool FaultRings::OpenRing(absl::Span<const pid_t> threads, int cpu,
                          absl::Span<const Event> events) {
  for (size_t bytes = largest_; bytes >= kSmallestRing; bytes /= 2) {
    std::unique_ptr<Ring, RingDeleter> ring(new Ring);
    Event first = events.front();
    first.attributes.task = 1;
    first.attributes.wakeup_watermark = static_cast<uint32_t>(bytes / 4);
    if (!Join(*ring, first, threads.front(), cpu)) {
      return false;
    }
    void* const memory =
        mmap(nullptr, bytes + probe::PageSize(), PROT_READ | PROT_WRITE,
             MAP_SHARED, ring->descriptor, 0);
    if (memory == MAP_FAILED) {
      error_ = errno;
      continue;  // over the limit of locked memory: try a smaller ring
    }
    ring->memory = static_cast<char*>(memory);
    ring->bytes = bytes;
    for (const pid_t thread : threads) {
      for (const Event& event : events) {
        const bool is_first =
            thread == threads.front() && &event == events.data();
        if (!is_first && !Join(*ring, event, thread, cpu)) {
          return false;
        }
      }
    }
    wakeups_.push_back(ring->descriptor);
    rings_.push_back(std::move(ring));
    return true;
  }
  return false;
}

absl::StatusOr<FaultRings> FaultRings::Open(absl::Span<const pid_t> threads,
                                            Faults faults, CallGraph call_graph,
                                            size_t largest) {
  const auto cpus = static_cast<int>(sysconf(_SC_NPROCESSORS_CONF));
  int error = 0;
  for (const std::vector<Event>& events : EventChoices(faults, call_graph)) {
    FaultRings rings;
    rings.largest_ = largest;
    for (int cpu = 0; cpu < cpus; ++cpu) {
      if (!rings.OpenRing(threads, cpu, events) && rings.error_ != ENODEV) {
        break;  // ENODEV: the CPU is offline
      }
    }
    error = rings.error_;
    if (!rings.rings_.empty() &&
        rings.rings_.size() >=
            static_cast<size_t>(sysconf(_SC_NPROCESSORS_ONLN))) {
      rings.faults_ = faults;
      const perf_event_attr& first = events.front().attributes;
      rings.sees_access_ = first.type == PERF_TYPE_TRACEPOINT;
      rings.sees_kernel_ = first.exclude_kernel == 0;
      if (call_graph == CallGraph::kDwarf) {
        rings.unwinder_ = std::make_unique<Unwinder>();
      }
      return rings;
    }
  }
  return absl::ErrnoToStatus(error, "perf_event_open");
}

}  // namespace cowbench::trace
