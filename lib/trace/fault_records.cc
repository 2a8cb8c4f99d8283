// How FaultRings decodes the records in its rings.
#include <linux/perf_event.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <deque>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "lib/probe/mappings.h"
#include "lib/trace/bpf_faults.h"
#include "lib/trace/fault_events.h"
#include "lib/trace/fault_ring.h"
#include "lib/trace/fault_ring_memory.h"
#include "lib/trace/unwinder.h"

namespace cowbench::trace {
namespace {

// The layout of the raw data of the exceptions tracepoints (see their format
// files in tracefs).
struct RawFault {
  uint64_t common;
  uint64_t address;
  uint64_t instruction;
  uint64_t error;
};

// The processor's error code (arch/x86/include/asm/trap_pf.h).
constexpr uint64_t kErrorProtection = 1;
constexpr uint64_t kErrorWrite = 2;

template <typename T>
T Take(const char** at) {
  T value;
  memcpy(&value, *at, sizeof(value));
  *at += sizeof(value);
  return value;
}

}  // namespace

Access AccessOf(uint64_t error) {
  if ((error & kErrorWrite) == 0) {
    return Access::kRead;
  }
  return (error & kErrorProtection) != 0 ? Access::kWriteProtected
                                         : Access::kWrite;
}

// One fault may have two adjacent records: the fault and its call chain.
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
      const EventKind kind = kinds_[Take<uint64_t>(&at)];
      record.process = Take<pid_t>(&at);
      record.thread = Take<pid_t>(&at);
      record.time = Take<int64_t>(&at);
      record.address = Take<uint64_t>(&at);
      if (kind == EventKind::kForkCall) {
        record.kind = RecordKind::kForkCall;
        records->push_back(record);
        continue;
      }
      if (kind == EventKind::kChain) {
        record.chain = ReadChain(record, at);
        if (program_ != nullptr) {
          ring.chains.push_back(record);
          continue;
        }
      } else if (sees_access_) {
        Take<uint32_t>(&at);  // the size of the raw data
        const auto fault = Take<RawFault>(&at);
        record.address = fault.address;
        record.access = AccessOf(fault.error);
      }
      AddFault(ring, record, kind == EventKind::kChain, records);
    } else if (header.type == PERF_RECORD_FORK ||
               header.type == PERF_RECORD_EXIT) {
      record.kind = header.type == PERF_RECORD_FORK ? RecordKind::kBirth
                                                    : RecordKind::kEnd;
      record.process = Take<pid_t>(&at);
      record.thread = Take<pid_t>(&at);  // the parent
      at += sizeof(pid_t);
      record.address = static_cast<uint64_t>(Take<pid_t>(&at));  // its thread
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

// Reads the chain of a sample; `at` points to the chain in the sample's record.
uint32_t FaultRings::ReadChain(const Record& record, const char* at) {
  std::vector<uint64_t> chain;
  if (unwinder_ == nullptr) {
    chain.resize(Take<uint64_t>(&at));
    memcpy(chain.data(), at, chain.size() * sizeof(uint64_t));
    // Markers such as PERF_CONTEXT_USER stand between the addresses.
    std::erase_if(chain, [](uint64_t ip) { return ip >= PERF_CONTEXT_MAX; });
  } else if (Take<uint64_t>(&at) != PERF_SAMPLE_REGS_ABI_NONE) {
    Unwinder::State state;
    memcpy(state.registers.data(), at, sizeof(state.registers));
    at += sizeof(state.registers);
    const auto room = Take<uint64_t>(&at);
    const char* end = at + room;
    state.stack = absl::MakeConstSpan(
        at, room == 0 ? 0 : std::min(Take<uint64_t>(&end), room));
    chain = unwinder_->Unwind(record.process, record.thread, state);
  }
  return chains_.Intern(chain);
}

// Replaces the parent's thread in a birth record by the time since that thread
// called fork.
void FaultRings::TimeFork(Record* record) {
  const auto call = fork_calls_.find(static_cast<pid_t>(record->address));
  record->address = 0;
  if (call != fork_calls_.end()) {
    record->address = static_cast<uint64_t>(record->time - call->second);
    fork_calls_.erase(call);
  }
}

void FaultRings::Read(std::deque<Record>* all) {
  // Keeps later records for the next call: rings that were read first may still
  // hold records from before them.
  const int64_t end = NowNanoseconds();
  std::vector<Record> records = std::exchange(later_, {});
  for (const auto& ring : rings_) {
    // Before the ring, which has the chains of all faults up to here.
    const uint64_t head = program_ != nullptr ? program_->Head(ring->cpu) : 0;
    ReadRing(*ring, &records);
    if (program_ != nullptr) {
      program_->Read(ring->cpu, head, &ring->chains, &records);
    }
  }
  std::stable_sort(
      records.begin(), records.end(),
      [](const Record& a, const Record& b) { return a.time < b.time; });
  const auto later =
      std::find_if(records.begin(), records.end(),
                   [end](const Record& record) { return record.time > end; });
  later_.assign(later, records.end());
  records.erase(later, records.end());
  for (Record& record : records) {
    if (record.kind == RecordKind::kForkCall) {
      fork_calls_[record.thread] = record.time;
      continue;
    }
    if (record.kind == RecordKind::kBirth) {
      TimeFork(&record);
    }
    all->push_back(record);
  }
}

}  // namespace cowbench::trace
