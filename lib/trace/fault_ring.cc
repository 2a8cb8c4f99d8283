#include "lib/trace/fault_ring.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/probe/mappings.h"
#include "lib/trace/fault_events.h"

namespace cowbench::trace {
namespace {

constexpr size_t kSmallestRing = size_t{4} << 10;

// Offsets in the raw data of the exceptions tracepoints (their format files).
struct RawFault {
  uint64_t common;
  uint64_t address;
  uint64_t instruction;
  uint64_t error;
};

// The processor's error code (arch/x86/include/asm/trap_pf.h).
constexpr uint64_t kErrorProtection = 1;
constexpr uint64_t kErrorWrite = 2;

Access AccessOf(uint64_t error) {
  if ((error & kErrorWrite) == 0) {
    return Access::kRead;
  }
  return (error & kErrorProtection) != 0 ? Access::kWriteProtected
                                         : Access::kWrite;
}

int OpenEvent(perf_event_attr attributes, pid_t thread, int cpu) {
  return static_cast<int>(syscall(SYS_perf_event_open, &attributes, thread, cpu,
                                  -1, PERF_FLAG_FD_CLOEXEC));
}

template <typename T>
T Take(const char** at) {
  T value;
  memcpy(&value, *at, sizeof(value));
  *at += sizeof(value);
  return value;
}

}  // namespace

int64_t NowNanoseconds() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

struct FaultRings::Ring {
  int descriptor = -1;
  std::vector<int> others;  // that write to the same memory
  char* memory = nullptr;
  size_t bytes = 0;             // of records
  std::optional<Record> chain;  // whose fault comes next

  perf_event_mmap_page* header() const {
    return reinterpret_cast<perf_event_mmap_page*>(memory);
  }
};

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

bool FaultRings::Join(Ring& ring, const perf_event_attr& attributes,
                      pid_t thread, int cpu) {
  const int event = OpenEvent(attributes, thread, cpu);
  if (event < 0 && errno == ESRCH && ring.descriptor >= 0) {
    return true;  // it has ended
  }
  uint64_t identifier = 0;
  if (event < 0 || ioctl(event, PERF_EVENT_IOC_ID, &identifier) != 0) {
    error_ = errno;
    return false;
  }
  if (HasChain(attributes)) {
    chain_events_.insert(identifier);
  }
  if (ring.descriptor < 0) {
    ring.descriptor = event;
    return true;
  }
  ring.others.push_back(event);
  if (ioctl(event, PERF_EVENT_IOC_SET_OUTPUT, ring.descriptor) != 0) {
    error_ = errno;
    return false;
  }
  return true;
}

bool FaultRings::OpenRing(absl::Span<const pid_t> threads, int cpu,
                          const Events& events) {
  for (size_t bytes = largest_; bytes >= kSmallestRing; bytes /= 2) {
    std::unique_ptr<Ring, RingDeleter> ring(new Ring);
    perf_event_attr first = events.front();
    first.task = 1;
    first.wakeup_watermark = static_cast<uint32_t>(bytes / 4);
    if (!Join(*ring, first, threads.front(), cpu)) {
      return false;
    }
    void* const memory =
        mmap(nullptr, bytes + probe::PageSize(), PROT_READ | PROT_WRITE,
             MAP_SHARED, ring->descriptor, 0);
    if (memory == MAP_FAILED) {
      error_ = errno;
      continue;  // an ordinary user may lock so much memory and no more
    }
    ring->memory = static_cast<char*>(memory);
    ring->bytes = bytes;
    for (const pid_t thread : threads) {
      for (const perf_event_attr& event : events) {
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
                                            Faults faults, size_t largest) {
  const auto cpus = static_cast<int>(sysconf(_SC_NPROCESSORS_CONF));
  int error = 0;
  for (const Events& events : EventChoices(faults)) {
    FaultRings rings;
    rings.largest_ = largest;
    for (int cpu = 0; cpu < cpus; ++cpu) {
      if (!rings.OpenRing(threads, cpu, events) && rings.error_ != ENODEV) {
        break;  // ENODEV: a CPU that is switched off
      }
    }
    error = rings.error_;
    if (!rings.rings_.empty() &&
        rings.rings_.size() >=
            static_cast<size_t>(sysconf(_SC_NPROCESSORS_ONLN))) {
      rings.faults_ = faults;
      rings.sees_access_ = events.front().type == PERF_TYPE_TRACEPOINT;
      rings.sees_kernel_ = events.front().exclude_kernel == 0;
      return rings;
    }
  }
  return absl::ErrnoToStatus(error, "perf_event_open");
}

// One fault may have two records next to each other: it, and its chain.
void FaultRings::AddFault(Ring& ring, const Record& record, bool has_chain,
                          std::vector<Record>* records) {
  const auto is_same = [&record](const Record& other) {
    return other.kind == RecordKind::kFault && other.thread == record.thread &&
           other.address == record.address;
  };
  if (!has_chain || faults_ == Faults::kSampled) {
    records->push_back(record);
    if (ring.chain && is_same(*ring.chain)) {
      records->back().chain = ring.chain->chain;
    }
    ring.chain.reset();
  } else if (!records->empty() && is_same(records->back()) &&
             records->back().chain == kNotSampled) {
    records->back().chain = record.chain;
  } else {
    ring.chain = record;
  }
}

void FaultRings::ReadRing(Ring& ring, std::vector<Record>* records) {
  const uint64_t head = std::atomic_ref<__u64>(ring.header()->data_head)
                            .load(std::memory_order_acquire);
  uint64_t tail = ring.header()->data_tail;
  const char* const data = ring.memory + probe::PageSize();
  std::vector<char> joined;
  std::vector<uint64_t> chain;
  while (tail < head) {
    const size_t offset = tail % ring.bytes;
    const char* at = data + offset;
    perf_event_header header;
    memcpy(&header, at, sizeof(header));  // 8 bytes at a multiple of 8
    if (offset + header.size > ring.bytes) {
      joined.assign(at, data + ring.bytes);
      joined.insert(joined.end(), data,
                    data + (offset + header.size - ring.bytes));
      at = joined.data();
    }
    at += sizeof(header);
    tail += header.size;

    Record record;
    if (header.type == PERF_RECORD_SAMPLE) {
      const bool has_chain = chain_events_.contains(Take<uint64_t>(&at));
      record.process = Take<pid_t>(&at);
      record.thread = Take<pid_t>(&at);
      record.time = Take<int64_t>(&at);
      record.address = Take<uint64_t>(&at);
      if (has_chain) {
        chain.resize(Take<uint64_t>(&at));
        memcpy(chain.data(), at, chain.size() * sizeof(uint64_t));
        // Markers such as PERF_CONTEXT_USER stand between the addresses.
        std::erase_if(chain,
                      [](uint64_t ip) { return ip >= PERF_CONTEXT_MAX; });
        record.chain = chains_.Intern(chain);
      } else if (sees_access_) {
        Take<uint32_t>(&at);  // the size of what follows
        const auto fault = Take<RawFault>(&at);
        record.address = fault.address;
        record.access = AccessOf(fault.error);
      }
      AddFault(ring, record, has_chain, records);
    } else if (header.type == PERF_RECORD_FORK ||
               header.type == PERF_RECORD_EXIT) {
      record.kind = header.type == PERF_RECORD_FORK ? RecordKind::kBirth
                                                    : RecordKind::kEnd;
      record.process = Take<pid_t>(&at);
      record.thread = Take<pid_t>(&at);  // the parent
      at += 2 * sizeof(pid_t);
      record.time = Take<int64_t>(&at);
      records->push_back(record);
    } else if (header.type == PERF_RECORD_LOST) {
      Take<uint64_t>(&at);
      lost_ += Take<uint64_t>(&at);
    }
  }
  std::atomic_ref<__u64>(ring.header()->data_tail)
      .store(tail, std::memory_order_release);
}

std::vector<Record> FaultRings::Read() {
  // What is younger may have neighbours in rings that have been read already.
  const int64_t end = NowNanoseconds();
  std::vector<Record> records = std::exchange(later_, {});
  for (const auto& ring : rings_) {
    ReadRing(*ring, &records);
  }
  std::stable_sort(
      records.begin(), records.end(),
      [](const Record& a, const Record& b) { return a.time < b.time; });
  const auto later =
      std::find_if(records.begin(), records.end(),
                   [end](const Record& record) { return record.time > end; });
  later_.assign(later, records.end());
  records.erase(later, records.end());
  return records;
}

}  // namespace cowbench::trace
