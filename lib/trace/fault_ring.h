// Page faults of a process and all that it starts, as they happen, with the
// births and ends of processes between them in the order of time.
//
// perf_event_open(2), one ring buffer for each CPU. A record of a fault costs
// the program a good part of what the copy of a page does, and its call chain
// as much again: so one fault in kFaultsPerChain has its chain, and the others
// are recorded where each of them counts, or not at all.
//
// Where tracepoints may be read (CAP_PERFMON, tracefs, x86) each fault is one
// of exceptions:page_fault_user and page_fault_kernel, which say whether a page
// was write-protected; elsewhere the software event page-faults. An ordinary
// user sees the faults of the program's own instructions, but not those that
// the kernel takes for it in a system call.
//
// How long a fork took is known where tracepoints may be read, too: from
// syscalls:sys_enter_clone (clone3, fork) to the kernel's record of the birth,
// which it makes when the child's memory is complete (kernel/fork.c,
// copy_process).
#ifndef COWBENCH_LIB_TRACE_FAULT_RING_H_
#define COWBENCH_LIB_TRACE_FAULT_RING_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "lib/trace/chain_table.h"

namespace cowbench::trace {

enum class EventKind : uint8_t;
struct Event;
class Unwinder;

// CLOCK_MONOTONIC.
int64_t NowNanoseconds();

// A prime: what a program does in turn is seen in proportion.
inline constexpr uint64_t kFaultsPerChain = 31;

enum class Faults : uint8_t {
  kAll,
  kSampled,  // those with a chain only
};

// How the callers of a sampled instruction are found.
enum class CallGraph : uint8_t {
  kFramePointers,  // by the kernel
  kDwarf,          // by Unwinder
};

enum class RecordKind : uint8_t { kFault, kBirth, kEnd, kForkCall };

// What a fault was, as far as the event tells.
enum class Access : uint8_t {
  kUnknown,
  kRead,   // of an absent page
  kWrite,  // to an absent page
  kWriteProtected,
};

struct Record {
  int64_t time = 0;  // NowNanoseconds()
  RecordKind kind = RecordKind::kFault;
  Access access = Access::kUnknown;
  pid_t process = 0;
  pid_t thread = 0;  // of a birth: the parent's process
  // Of a birth: the nanoseconds since the parent called the kernel for it; 0
  // where that is not seen.
  uint64_t address = 0;
  uint32_t chain = kNotSampled;  // ChainTable
};

class FaultRings {
 public:
  static constexpr size_t kLargestRing = size_t{4} << 20;

  // Of these threads, one at least, and all that they start. Errors:
  // kPermissionDenied where the kernel does not allow it at all
  // (perf_event_paranoid, a container). `largest` is that of a ring, in bytes;
  // an ordinary user may have less.
  static absl::StatusOr<FaultRings> Open(absl::Span<const pid_t> threads,
                                         Faults faults, CallGraph call_graph,
                                         size_t largest = kLargestRing);

  FaultRings(FaultRings&&) noexcept;
  ~FaultRings();
  FaultRings& operator=(FaultRings&&) = delete;

  // For poll(2): readable when a quarter of a ring is full.
  const std::vector<int>& descriptors() const { return wakeups_; }

  // Appends all that has happened since the last call and up to now, in the
  // order of time.
  void Read(std::deque<Record>* records);

  const ChainTable& chains() const { return chains_; }

  // To be told of births and execs; null without CallGraph::kDwarf.
  Unwinder* unwinder() { return unwinder_.get(); }

  // Whether faults that the kernel takes in system calls are seen.
  bool sees_kernel() const { return sees_kernel_; }
  Faults faults() const { return faults_; }
  // Records for which the rings had no room.
  uint64_t lost() const { return lost_; }

 private:
  struct Ring;
  struct RingDeleter {
    void operator()(Ring* ring) const;
  };
  FaultRings();

  // All `events` write to the same ring.
  bool OpenRing(absl::Span<const pid_t> threads, int cpu,
                absl::Span<const Event> events);
  bool Join(Ring& ring, const Event& event, pid_t thread, int cpu);
  void ReadRing(Ring& ring, std::vector<Record>* records);
  uint32_t ReadChain(const Record& record, const char* at);
  void TimeFork(Record* record);
  void AddFault(Ring& ring, const Record& record, bool has_chain,
                std::vector<Record>* records);

  std::vector<std::unique_ptr<Ring, RingDeleter>> rings_;
  std::vector<int> wakeups_;
  std::vector<Record> later_;  // read, but younger than the last call's end
  ChainTable chains_;
  std::unique_ptr<Unwinder> unwinder_;
  absl::flat_hash_map<uint64_t, EventKind> kinds_;  // by identifier
  absl::flat_hash_map<pid_t, int64_t> fork_calls_;  // when, by thread
  Faults faults_ = Faults::kAll;
  bool sees_kernel_ = false;
  bool sees_access_ = false;  // each fault says what it was
  uint64_t lost_ = 0;
  size_t largest_ = kLargestRing;
  int error_ = 0;  // why the last ring could not be opened
};

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_FAULT_RING_H_
