#include "lib/trace/fault_ring.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/small_file.h"
#include "lib/probe/mappings.h"
#include "lib/trace/bpf_faults.h"
#include "lib/trace/fault_events.h"
#include "lib/trace/fault_ring_memory.h"
#include "lib/trace/unwinder.h"

namespace cowbench::trace {
namespace {

constexpr size_t kSmallestRing = size_t{4} << 10;

// One more than the highest number of a CPU that is online. The possible CPUs,
// _SC_NPROCESSORS_CONF, may be many more, and each would take memory.
int CpuCount() {
  const std::string online(  // such as "0-3,6"
      FieldOf(ReadWholeFile("/sys/devices/system/cpu/online"), ""));
  const size_t last = online.find_last_of("-,");
  int number = 0;
  return absl::SimpleAtoi(online.substr(last + 1), &number) ? number + 1 : 1;
}

// BpfFaults gets room for about as many faults as a ring would have.
constexpr size_t kRingBytesPerFault = 64;
// How often it wakes us up while that room is filled once. What we read at a
// time takes memory.
constexpr size_t kWakeUpsPerRound = 16;
// The ring that has the rest, if it has no copies of stacks: as long as there
// is room for faults, there is room for their chains, even the longest.
constexpr size_t kLargestRingOfTheRest = FaultRings::kLargestRing / 2;

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

// Defined here, where Ring, BpfFaults and Unwinder are complete types.
FaultRings::FaultRings() = default;
FaultRings::FaultRings(FaultRings&&) noexcept = default;
FaultRings::~FaultRings() = default;

void FaultRings::Trace(pid_t process) {
  if (program_ != nullptr) {
    program_->Trace(process);
  }
}

void FaultRings::Forget(pid_t process) {
  if (program_ != nullptr) {
    program_->Forget(process);
  }
}

uint64_t FaultRings::lost() const {
  return lost_ + (program_ != nullptr ? program_->lost() : 0);
}

bool FaultRings::Join(Ring& ring, Event event, pid_t thread, int cpu) {
  if (event.is_of_all) {
    event.attributes.wakeup_events = static_cast<uint32_t>(std::max<size_t>(
        program_->room() / kWakeUpsPerRound / kFaultsPerChain, 1));
  }
  const int descriptor =
      OpenEvent(event.attributes, event.is_of_all ? -1 : thread, cpu);
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
  if (ioctl(descriptor, PERF_EVENT_IOC_SET_OUTPUT, ring.descriptor) != 0 ||
      (event.is_of_all && !program_->RecordChains(cpu, descriptor))) {
    error_ = errno;
    return false;
  }
  if (event.is_of_all) {
    // The others end when the last of their threads executes a program as
    // another user (fs/exec.c, begin_new_exec); then only this one wakes us up.
    wakeups_.push_back(descriptor);
  }
  return true;
}

bool FaultRings::OpenRing(absl::Span<const pid_t> threads, int cpu,
                          absl::Span<const Event> events) {
  for (size_t bytes = largest_; bytes >= kSmallestRing; bytes /= 2) {
    std::unique_ptr<Ring, RingDeleter> ring(new Ring);
    ring->cpu = cpu;
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
        const bool is_first_thread = thread == threads.front();
        const bool is_joined =
            is_first_thread ? &event == events.data() : event.is_of_all;
        if (!is_joined && !Join(*ring, event, thread, cpu)) {
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

absl::StatusOr<FaultRings> FaultRings::Open(pid_t process,
                                            absl::Span<const pid_t> threads,
                                            Faults faults, CallGraph call_graph,
                                            size_t largest) {
  const int cpus = CpuCount();
  int error = 0;
  for (const std::vector<Event>& events : EventChoices(faults, call_graph)) {
    FaultRings rings;
    rings.largest_ = largest;
    if (events.front().kind == EventKind::kLife) {
      rings.program_ =
          BpfFaults::Open(process, cpus, largest / kRingBytesPerFault);
      if (rings.program_ == nullptr) {
        continue;
      }
      if (call_graph == CallGraph::kFramePointers) {
        rings.largest_ = std::min(largest, kLargestRingOfTheRest);
      }
    }
    for (int cpu = 0; cpu < cpus; ++cpu) {
      if (!rings.OpenRing(threads, cpu, events) && rings.error_ != ENODEV) {
        break;  // ENODEV: the CPU is offline
      }
    }
    error = rings.error_;
    if (!rings.rings_.empty() &&
        rings.rings_.size() >=
            static_cast<size_t>(sysconf(_SC_NPROCESSORS_ONLN)) &&
        (rings.program_ == nullptr || rings.program_->Start())) {
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
