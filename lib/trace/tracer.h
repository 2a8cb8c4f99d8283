// Follows a program and accounts for the copies of its processes.
#ifndef COWBENCH_LIB_TRACE_TRACER_H_
#define COWBENCH_LIB_TRACE_TRACER_H_

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "lib/trace/fault_ring.h"
#include "lib/trace/follower.h"
#include "lib/trace/report.h"
#include "lib/trace/sharing.h"

namespace cowbench::trace {

// The name of the process's command (/proc/<pid>/comm).
std::string CommandOf(pid_t process);

class Tracer : public ProcessObserver {
 public:
  // `rings` record the faults of `root`; if the kernel does not allow rings,
  // there are none and the counts come from page tables.
  // `interval` is that of the counts over time in nanoseconds; 0: none.
  Tracer(pid_t root, std::optional<FaultRings> rings, int64_t interval);

  // Consumes the records of the rings up to a birth that the follower has not
  // reported yet. Returns true if there was no such birth.
  bool IsReady() override;
  void OnFork(pid_t parent, pid_t child) override;
  void OnSpawn(pid_t parent, pid_t child) override;
  void OnExec(pid_t process) override;
  void OnExit(pid_t process, pid_t thread) override;
  void OnExiting(pid_t process) override;
  void OnEnd(pid_t process, int status) override;
  void OnStop(pid_t process, int signal) override;

  const FaultRings* rings() const { return rings_ ? &*rings_ : nullptr; }
  // Starts counting for a root that is already running.
  void Begin();
  // Inspects all processes while they run. Call it before detaching from them.
  void LookAtLiving();

  bool root_ended() const { return root_ended_; }
  int root_status() const { return root_status_; }
  // The signal that stopped the program since the last call; 0: none.
  int TakeStopSignal() { return std::exchange(stop_signal_, 0); }

  // Returns the report. Call it when all processes have ended or were detached.
  Report Finish();

 private:
  // A copy that a fault showed.
  struct SeenCopy {
    static constexpr uintptr_t kLargestPage = ~uintptr_t{0} >> 2;
    uintptr_t page : 62;  // 0: it was none
    uintptr_t inherited : 1;
    uintptr_t of_last_child : 1;  // the last child then was a peer
  };
  // The working data for one memory, in addition to its report.
  struct Ledger {
    // `path` is a chain number of the rings.
    std::map<Culprit, uint64_t> culprits;
    // Its pages at its end; if they could not be read, only `mappings`.
    std::optional<probe::ProcessPages> last_look;
    std::vector<probe::ProcessMapping> mappings;
    int64_t looked = 0;  // time of the last look
    // Copies that were seen, and how many of these before its last fork.
    std::deque<SeenCopy> seen_copies;
    size_t seen_before_fork = 0;
    // The mapping of the last copy, a cache.
    const probe::ProcessMapping* last_mapping = nullptr;
    uint32_t last_mapping_number = 0;
    // Writes to write-protected pages that nobody shared, and whether the
    // process had copied the page before.
    std::vector<std::pair<uintptr_t, bool>> protected_writes;
    std::vector<uintptr_t> reads;  // reads of absent pages
    // Pages that it reused, until frame numbers are compared: two processes
    // that write to a page at the same moment both copy it. The value is
    // whether its last child lived, and had been the last one to copy the page.
    absl::flat_hash_map<uintptr_t, bool> reused_pages;
    // Pages to which the kernel wrote for the child before the look at its
    // birth, which already shows the copies.
    int64_t born = 0;
    std::vector<uintptr_t> copied_before_look;
    uint64_t births = 0;
    // Pages that it copied while living children kept the originals.
    uint64_t left_to_children = 0;
    uint64_t kernel_copies_before = 0;
    uint64_t minor_faults_before = 0;
    uint64_t major_faults_before = 0;
  };
  // Of a child. Its parent's own birth may not be in the rings yet.
  struct Birth {
    pid_t parent;
    // Null if it uses its parent's memory itself.
    std::shared_ptr<probe::ProcessPages> pages = nullptr;
    bool is_unreadable = false;
    int64_t looked = 0;
  };

  void Consume(const Record& record);
  MemoryId Register(pid_t process, std::string name, MemoryId memory);
  // Bears the child when all records from before its birth are consumed.
  void AwaitBirth(pid_t child);
  // Starts the account of a child. `fork_time` is as in ProcessReport.
  void Bear(pid_t child, int64_t fork_time = 0);
  Unwinder* unwinder() { return rings_ ? rings_->unwinder() : nullptr; }
  void CountCopy(MemoryId writer, const WriteOutcome& outcome, uintptr_t page,
                 uint32_t chain);
  void CountOverTime(MemoryId writer, const WriteOutcome& outcome,
                     int64_t time);
  uint32_t MappingName(MemoryId memory, uintptr_t page);
  void EndMemory(MemoryId memory);
  void ResolveCulprits(MemoryId memory,
                       absl::Span<const probe::ProcessMapping> mappings);

  // Whether the rings recorded all faults, including those inside system calls.
  bool SeesEverything() const {
    return rings_ && rings_->faults() == Faults::kAll &&
           rings_->sees_kernel() && rings_->lost() == 0;
  }
  // The chain to give to a copy that only the page tables show.
  uint32_t UnseenChain() const {
    return rings_ && rings_->faults() == Faults::kSampled ? kNotSampled : 0;
  }

  // tracer_looks.cc
  void BeginLedger(pid_t process, MemoryId memory);
  void Look(pid_t process, pid_t thread, MemoryId memory);
  void Close(MemoryId memory);
  bool FramesTell(const probe::ProcessPages& then,
                  const probe::ProcessPages& now);
  bool WasCopiedBeforeLook(MemoryId memory, uintptr_t page) const;
  void CompareWithBirth(MemoryId memory, const probe::ProcessPages& now);
  void CorrectSeenCopies(MemoryId memory, size_t first,
                         const probe::ProcessPages& then,
                         const probe::ProcessPages& now);
  void CompareParent(MemoryId memory);
  void CompareWithLastFork(MemoryId memory, const probe::ProcessPages& now);
  void EstimateUnseen(MemoryId memory, const probe::ProcessPages* now);
  void CorrectCopy(MemoryId memory, const SeenCopy& copy, uint32_t chain);
  void CorrectReuse(MemoryId memory, uintptr_t page);
  void CountCacheCopies(MemoryId memory);
  void CountKernel(pid_t process, MemoryId memory);

  const pid_t root_;
  std::optional<FaultRings> rings_;
  Report report_;  // processes[i] is memory i
  std::vector<Ledger> ledgers_;
  Sharing sharing_;
  std::map<pid_t, MemoryId> memory_of_;
  // Births that the follower reported, and the rings did not yet.
  std::map<pid_t, Birth> births_;
  std::deque<Record> queue_;
  absl::flat_hash_map<std::string, uint32_t> mapping_numbers_;
  bool root_started_ = false;
  bool root_ended_ = false;
  int root_status_ = 0;
  int stop_signal_ = 0;
  uint64_t ignored_bits_ = 0;  // S_ISUID, S_ISGID that the kernel ignored
  uint64_t extra_ = 0;         // live pages that exist because of copies
  bool counts_by_kernel_ = false;
};

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_TRACER_H_
