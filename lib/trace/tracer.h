// Follows a program and keeps the accounts of its processes.
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

// /proc/<pid>/comm.
std::string CommandOf(pid_t process);

class Tracer : public ProcessObserver {
 public:
  // `rings` watch `root`; none where the kernel does not allow it: counts come
  // from page tables then.
  // `interval`, in nanoseconds, is that of the counts over time; 0: none.
  Tracer(pid_t root, std::optional<FaultRings> rings, int64_t interval);

  // Takes what the rings hold, up to a birth that the follower has not told
  // of. True if there was none.
  bool IsReady() override;
  void OnFork(pid_t parent, pid_t child) override;
  void OnSpawn(pid_t parent, pid_t child) override;
  void OnExec(pid_t process) override;
  void OnExit(pid_t process, pid_t thread) override;
  void OnExiting(pid_t process) override;
  void OnEnd(pid_t process, int status) override;
  void OnStop(pid_t process, int signal) override;

  const FaultRings* rings() const { return rings_ ? &*rings_ : nullptr; }
  // The root runs already: what it does counts from now on.
  void Begin();
  // Looks at all processes while they run: to be called before they are given
  // up.
  void LookAtLiving();

  bool root_ended() const { return root_ended_; }
  int root_status() const { return root_status_; }
  // The signal that has stopped the program since the last call; 0: none.
  int TakeStopSignal() { return std::exchange(stop_signal_, 0); }

  // All that is known, when everything has ended or is given up.
  Report Finish();

 private:
  // One memory, beside its report.
  struct Ledger {
    std::map<Culprit, uint64_t> culprits;  // `path` is a chain of the rings
    // Its pages when its end came; without those only its mappings.
    std::optional<probe::ProcessPages> last_look;
    std::vector<probe::ProcessMapping> mappings;
    int64_t looked = 0;  // when that was
    // Pages of the copies that were seen, and how many before its last fork.
    std::deque<uintptr_t> seen_copies;
    size_t seen_before_fork = 0;
    // The mapping that the last copy was in.
    const probe::ProcessMapping* last_mapping = nullptr;
    uint32_t last_mapping_number = 0;
    // Write-protected pages that nobody shared, and whether the process had
    // copied them before.
    std::vector<std::pair<uintptr_t, bool>> protected_writes;
    std::vector<uintptr_t> reads;         // of absent pages
    std::vector<uintptr_t> reused_pages;  // where frames can tell better
    // Pages that the kernel wrote to for the child before we could look: the
    // look has the copy already.
    int64_t born = 0;
    std::vector<uintptr_t> copied_before_look;
    uint64_t births = 0;
    // Pages that it has copied while children lived, who have the originals.
    uint64_t left_to_children = 0;
    uint64_t kernel_copies_before = 0;
    uint64_t minor_faults_before = 0;
    uint64_t major_faults_before = 0;
  };
  struct Birth {
    MemoryId parent;
    std::shared_ptr<probe::ProcessPages> pages;
    bool is_unreadable;
    int64_t looked;
  };

  void Consume(const Record& record);
  MemoryId Register(pid_t process, std::string name, MemoryId memory);
  // `fork_time` as in ProcessReport.
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

  // Whether the rings have had all faults, those of system calls too.
  bool SeesEverything() const {
    return rings_ && rings_->faults() == Faults::kAll &&
           rings_->sees_kernel() && rings_->lost() == 0;
  }
  // The chain of a copy that only the page tables tell of.
  uint32_t UnseenChain() const {
    return rings_ && rings_->faults() == Faults::kSampled ? kNotSampled : 0;
  }

  // tracer_looks.cc
  void BeginLedger(pid_t process, MemoryId memory);
  void Look(pid_t process, pid_t thread, MemoryId memory);
  void Close(MemoryId memory);
  bool WasCopiedBeforeLook(MemoryId memory, uintptr_t page) const;
  void CompareWithBirth(MemoryId memory, const probe::ProcessPages& now);
  void CorrectSeenCopies(MemoryId memory, size_t first,
                         const probe::ProcessPages& then,
                         const probe::ProcessPages& now);
  void CompareParent(MemoryId memory);
  void CompareWithLastFork(MemoryId memory, const probe::ProcessPages& now);
  void EstimateUnseen(MemoryId memory, const probe::ProcessPages* now);
  void CorrectCopy(MemoryId memory, uintptr_t page, uint32_t chain);
  void CountCacheCopies(MemoryId memory);
  void CountKernel(pid_t process, MemoryId memory);

  const pid_t root_;
  std::optional<FaultRings> rings_;
  Report report_;  // processes[i] is memory i
  std::vector<Ledger> ledgers_;
  Sharing sharing_;
  std::map<pid_t, MemoryId> memory_of_;
  std::map<pid_t, Birth> births_;  // seen by the follower, not yet in time
  std::deque<Record> queue_;
  absl::flat_hash_map<std::string, uint32_t> mapping_numbers_;
  bool root_started_ = false;
  bool root_ended_ = false;
  int root_status_ = 0;
  int stop_signal_ = 0;
  uint64_t ignored_bits_ = 0;  // set-user-ID and set-group-ID, by the kernel
  uint64_t extra_ = 0;         // pages that exist because of copies, now
  bool counts_by_kernel_ = false;
};

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_TRACER_H_
