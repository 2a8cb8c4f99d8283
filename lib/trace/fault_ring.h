// Records the page faults of a process and of all that it starts, with the
// births and ends of processes, in order of time.
//
// Uses perf_event_open(2) with one ring buffer for each CPU. The record of a
// fault costs the program a good part of what copying a page costs, and a call
// chain as much again. So only one fault in kFaultsPerChain has its chain. The
// others are recorded without one, or not at all (Faults::kSampled).
//
// Where tracepoints can be read (CAP_PERFMON, tracefs, x86), the faults are
// exceptions:page_fault_user and page_fault_kernel, which tell whether the page
// was write-protected; elsewhere, the software event page-faults. An ordinary
// user sees the faults of the program's own instructions, but not those that
// the kernel takes for it inside a system call.
//
// Where bpf(2) is allowed too, BpfFaults records the faults, because it costs
// the program less. The rings then have only the rest: births, ends, forks and
// call chains.
//
// Tracepoints also tell how long a fork took: from syscalls:sys_enter_clone
// (clone3, fork) to the kernel's record of the birth, which it makes when the
// child's memory is complete (kernel/fork.c, copy_process).
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

class BpfFaults;
enum class EventKind : uint8_t;
struct Event;
class Unwinder;

// CLOCK_MONOTONIC.
int64_t NowNanoseconds();

// A prime, so that sampling stays in proportion for programs that repeat a
// pattern.
inline constexpr uint64_t kFaultsPerChain = 61;

enum class Faults : uint8_t {
  kAll,
  kSampled,  // only the faults with a call chain
};

// How the callers of a sampled instruction are found.
enum class CallGraph : uint8_t {
  kFramePointers,  // by the kernel
  kDwarf,          // by Unwinder
};

enum class RecordKind : uint8_t { kFault, kBirth, kEnd, kForkCall };

// The kind of access that faulted, as far as the event tells.
enum class Access : uint8_t {
  kUnknown,
  kRead,   // of an absent page
  kWrite,  // to an absent page
  kWriteProtected,
};

struct Record {
  // NowNanoseconds(). Faults that BpfFaults records may have the time of an
  // earlier fault, by about a tick of the kernel's timer (BpfArea).
  int64_t time = 0;
  RecordKind kind = RecordKind::kFault;
  Access access = Access::kUnknown;
  pid_t process = 0;
  pid_t thread = 0;  // for a birth, the process of the parent
  // The address of the fault. For a birth, the nanoseconds since the parent
  // entered the system call; 0 if that was not recorded.
  uint64_t address = 0;
  uint32_t chain = kNotSampled;  // its number in ChainTable
};

class FaultRings {
 public:
  static constexpr size_t kLargestRing = size_t{4} << 20;

  // Records faults of `threads` (at least one) of `process`, and of all threads
  // and processes that they start. Errors: kPermissionDenied where the kernel
  // forbids it (perf_event_paranoid, a container). `largest` is the maximum
  // size of a ring in bytes; an ordinary user may get a smaller one.
  static absl::StatusOr<FaultRings> Open(pid_t process,
                                         absl::Span<const pid_t> threads,
                                         Faults faults, CallGraph call_graph,
                                         size_t largest = kLargestRing);

  FaultRings(FaultRings&&) noexcept;
  ~FaultRings();
  FaultRings& operator=(FaultRings&&) = delete;

  // For poll(2): readable when there is so much to read that it should be soon.
  const std::vector<int>& descriptors() const { return wakeups_; }

  // `process`, a child that has not run yet, is one of those to record. The
  // kernel's program may have missed its birth.
  void Trace(pid_t process);
  // The process is about to end: its later faults, inside the kernel, do not
  // matter.
  void Forget(pid_t process);

  // Appends all records from the last call until now, sorted by time.
  void Read(std::deque<Record>* records);

  const ChainTable& chains() const { return chains_; }

  // The unwinder, which the caller must tell of births and execs; null without
  // CallGraph::kDwarf.
  Unwinder* unwinder() { return unwinder_.get(); }

  // Whether the rings record faults that the kernel takes inside system calls.
  bool sees_kernel() const { return sees_kernel_; }
  Faults faults() const { return faults_; }
  // Whether faults are recorded by a program in the kernel.
  bool uses_bpf() const { return program_ != nullptr; }
  // The number of records that were dropped because a ring was full.
  uint64_t lost() const;

 private:
  struct Ring;
  struct RingDeleter {
    void operator()(Ring* ring) const;
  };
  FaultRings();

  // All `events` write to the same ring.
  bool OpenRing(absl::Span<const pid_t> threads, int cpu,
                absl::Span<const Event> events);
  bool Join(Ring& ring, Event event, pid_t thread, int cpu);
  void ReadRing(Ring& ring, std::vector<Record>* records);
  uint32_t ReadChain(const Record& record, const char* at);
  void TimeFork(Record* record);
  void AddFault(Ring& ring, const Record& record, bool has_chain,
                std::vector<Record>* records);

  std::vector<std::unique_ptr<Ring, RingDeleter>> rings_;
  std::unique_ptr<BpfFaults> program_;
  std::vector<int> wakeups_;
  std::vector<Record> later_;  // read, but from after the end of the last call
  ChainTable chains_;
  std::unique_ptr<Unwinder> unwinder_;
  absl::flat_hash_map<uint64_t, EventKind> kinds_;  // by identifier
  absl::flat_hash_map<pid_t, int64_t> fork_calls_;  // call times, by thread
  Faults faults_ = Faults::kAll;
  bool sees_kernel_ = false;
  bool sees_access_ = false;  // the rings tell the kind of access
  uint64_t lost_ = 0;
  size_t largest_ = kLargestRing;
  int error_ = 0;  // errno of the last ring that failed to open
};

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_FAULT_RING_H_
