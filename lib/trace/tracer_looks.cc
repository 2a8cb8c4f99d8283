// How Tracer inspects a process that is about to end.
#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "lib/probe/copy_count.h"
#include "lib/trace/tracer.h"

namespace cowbench::trace {
namespace {

struct FaultCounts {
  uint64_t minor = 0;
  uint64_t major = 0;
};

// The fault counts of all threads of a process (proc(5), /proc/<pid>/stat).
FaultCounts FaultsOf(pid_t process) {
  const std::vector<std::string> fields = StatFieldsOf(process);
  return fields.size() < 10
             ? FaultCounts{}
             : FaultCounts{std::stoull(fields[7]), std::stoull(fields[9])};
}

// Calls `visit(page, index then, run now, index now)` for each page that was
// present then and is present now.
template <typename Visitor>
void ForEachInBoth(const probe::ProcessPages& then,
                   const probe::ProcessPages& now, size_t page_size,
                   Visitor visit) {
  const probe::PageRun* run_now = now.runs().data();
  const probe::PageRun* const end = run_now + now.runs().size();
  for (const probe::PageRun& run : then.runs()) {
    while (run_now != end && run_now->end <= run.begin) {
      ++run_now;
    }
    for (const probe::PageRun* at = run_now; at != end && at->begin < run.end;
         ++at) {
      const uintptr_t begin = std::max(run.begin, at->begin);
      const uintptr_t last = std::min(run.end, at->end);
      size_t index_then = run.first + (begin - run.begin) / page_size;
      size_t index_now = at->first + (begin - at->begin) / page_size;
      for (uintptr_t page = begin; page < last; page += page_size) {
        visit(page, run, index_then++, *at, index_now++);
      }
    }
  }
}

bool HasMoved(const probe::ProcessPages& then, const probe::ProcessPages& now,
              uintptr_t page) {
  const size_t index_then = then.IndexOf(page);
  const size_t index_now = now.IndexOf(page);
  return index_then == probe::ProcessPages::kNone ||
         index_now == probe::ProcessPages::kNone ||
         then.frame(index_then) != now.frame(index_now);
}

}  // namespace

void Tracer::BeginLedger(pid_t process, MemoryId memory) {
  report_.processes[memory].begin = NowNanoseconds();
  report_.processes[memory].command = CommandOf(process);
  const FaultCounts faults = FaultsOf(process);
  ledgers_[memory].minor_faults_before = faults.minor;
  ledgers_[memory].major_faults_before = faults.major;
  ledgers_[memory].kernel_copies_before =
      counts_by_kernel_ ? probe::CopyCountOfProcess(process).value_or(0) : 0;
}

void Tracer::CountKernel(pid_t process, MemoryId memory) {
  ProcessReport& report = report_.processes[memory];
  const Ledger& ledger = ledgers_[memory];
  if (counts_by_kernel_) {
    const absl::StatusOr<uint64_t> count = probe::CopyCountOfProcess(process);
    if (count.ok()) {
      report.kernel_copies = *count - ledger.kernel_copies_before;
    }
  }
  const FaultCounts faults = FaultsOf(process);
  report.minor_faults = faults.minor - ledger.minor_faults_before;
  report.major_faults = faults.major - ledger.major_faults_before;
}

// Reads all that must be read while the process is stopped.
void Tracer::Look(pid_t process, pid_t thread, MemoryId memory) {
  Ledger& ledger = ledgers_[memory];
  ProcessReport& report = report_.processes[memory];
  // If it never shared a page, there is nothing to compare.
  if (report.is_fork || sharing_.last_fork(memory) != nullptr) {
    absl::StatusOr<probe::ProcessPages> now = probe::ProcessPages::Look(thread);
    if (now.ok() && !now->mappings().empty()) {
      ledger.last_look = *std::move(now);
    }
    report.lost = !ledger.last_look.has_value();
  } else {
    ledger.mappings = probe::MappingsOf(thread).value_or(
        std::vector<probe::ProcessMapping>());
  }
  CountKernel(process, memory);
  report.end = NowNanoseconds();
  ledger.looked = report.end;
}

void Tracer::Close(MemoryId memory) {
  const std::optional<probe::ProcessPages> now =
      std::exchange(ledgers_[memory].last_look, std::nullopt);
  const ProcessReport& report = report_.processes[memory];
  if (now) {
    ledgers_[memory].mappings.assign(now->mappings().begin(),
                                     now->mappings().end());
    if (report.is_fork) {
      CompareWithBirth(memory, *now);
      if (now->has_frames() && !SeesEverything()) {
        CompareParent(memory);
      }
    }
    CompareWithLastFork(memory, *now);
  }
  CountCacheCopies(memory);
  ResolveCulprits(memory, now || !report.is_fork
                              ? absl::MakeConstSpan(ledgers_[memory].mappings)
                              : sharing_.shared(memory)->mappings());
  ledgers_[memory].mappings = {};
  ledgers_[memory].seen_copies = {};
}

// Whether a page with another frame is a copy. If not, the report says so.
bool Tracer::FramesTell(const probe::ProcessPages& then,
                        const probe::ProcessPages& now) {
  if (!then.has_frames() || !now.has_frames()) {
    return false;
  }
  const probe::KernelActions& before = then.actions();
  const probe::KernelActions& after = now.actions();
  const bool may_have_moved =
      before.migrated_pages != after.migrated_pages ||
      before.collapsed_huge_pages != after.collapsed_huge_pages;
  report_.has_moved_pages |= may_have_moved;
  return !may_have_moved;
}

bool Tracer::WasCopiedBeforeLook(MemoryId memory, uintptr_t page) const {
  const std::vector<uintptr_t>& early = ledgers_[memory].copied_before_look;
  return std::find(early.begin(), early.end(), page) != early.end();
}

void Tracer::CompareWithBirth(MemoryId memory, const probe::ProcessPages& now) {
  ProcessReport& report = report_.processes[memory];
  const probe::ProcessPages& then = *sharing_.shared(memory);
  const bool has_frames = then.has_frames() && now.has_frames();
  const bool frames_tell = FramesTell(then, now);
  // No process will need to know which pages this one has left.
  const bool is_last_word = frames_tell && !sharing_.HasChildren(memory) &&
                            sharing_.last_fork(memory) == nullptr;
  uint64_t in_both = 0;
  ForEachInBoth(
      then, now, report_.page_size,
      [&](uintptr_t page, const probe::PageRun& run_then, size_t index_then,
          const probe::PageRun& run_now, size_t index_now) {
        ++in_both;
        const bool was_zero = run_then.state == probe::AnonymousPage::kZero;
        if ((has_frames && then.frame(index_then) == now.frame(index_now)) ||
            (!frames_tell && run_now.state != probe::AnonymousPage::kPrivate)) {
          return;
        }
        if (run_now.state == probe::AnonymousPage::kSwapped ||
            run_then.state == probe::AnonymousPage::kSwapped ||
            sharing_.HasLeft(memory, page) ||
            (!frames_tell && !was_zero && !sharing_.IsShared(memory, page))) {
          return;
        }
        // The page was private at birth although the parent has not left it:
        // the kernel stores the child's thread ID there (schedule_tail).
        const bool is_sure =
            frames_tell || was_zero ||
            (run_then.state == probe::AnonymousPage::kPrivate &&
             !sharing_.HasLeftSinceFork(sharing_.parent(memory), memory, page));
        report.unseen += is_sure ? 0 : 1;
        CorrectReuse(memory, page);
        CountCopy(memory,
                  is_last_word ? WriteOutcome{.kind = WriteKind::kCopy,
                                              .inherited = true,
                                              .of_zero_page = was_zero,
                                              .peers = {}}
                               : sharing_.MarkCopied(memory, page),
                  page, UnseenChain());
      });
  CorrectSeenCopies(memory, 0, then, now);
  EstimateUnseen(memory, &now);
  report.fresh = now.page_count() - in_both;
}

// Corrects writes that were counted as copies although the page still has its
// old frame: others had left the frame to this process, unseen.
void Tracer::CorrectSeenCopies(MemoryId memory, size_t first,
                               const probe::ProcessPages& then,
                               const probe::ProcessPages& now) {
  std::deque<SeenCopy>& seen = ledgers_[memory].seen_copies;
  for (size_t i = first;
       then.has_frames() && now.has_frames() && i < seen.size(); ++i) {
    const probe::PageRun* const run = now.Find(seen[i].page);
    uint32_t chain = 0;
    if (run != nullptr && run->state == probe::AnonymousPage::kPrivate &&
        !HasMoved(then, now, seen[i].page) &&
        !WasCopiedBeforeLook(memory, seen[i].page) &&
        sharing_.ChainOfCopy(memory, seen[i].page, &chain)) {
      CorrectCopy(memory, seen[i], chain);
      seen[i].page = 0;
    }
  }
}

// Corrects one write that was counted as a copy: others had left the page to
// this process, unseen.
void Tracer::CorrectCopy(MemoryId memory, const SeenCopy& copy,
                         uint32_t chain) {
  ProcessReport& report = report_.processes[memory];
  Ledger& ledger = ledgers_[memory];
  ++report.reused;
  --ledger.culprits[{MappingName(memory, copy.page), chain}];
  if (copy.of_last_child && sharing_.HasLeftSinceLastFork(memory, copy.page)) {
    --report_.processes[sharing_.last_child(memory)].peer_copied;
  }
  if (copy.inherited) {
    --report.copied;
    --extra_;
    return;
  }
  --report.copied_for_children;
  if (ledger.left_to_children != 0) {  // else EndMemory() has subtracted it
    --ledger.left_to_children;
    --extra_;
  }
}

// Corrects one write, if there was one, that was counted as a reuse although
// the process copied the page.
void Tracer::CorrectReuse(MemoryId memory, uintptr_t page) {
  auto& reused = ledgers_[memory].reused_pages;
  const auto found = reused.find(page);
  if (found == reused.end()) {
    return;
  }
  --report_.processes[memory].reused;
  if (found->second) {
    ++report_.processes[sharing_.last_child(memory)].peer_copied;
  }
  reused.erase(found);
}

// Compares frame numbers with those at the last fork to find what the process
// copied or reused since. The kernel copies some pages although no other
// process maps them any more (mm/memory.c, wp_can_reuse_anon_folio), and a
// child may release its pages shortly before its end is reported.
void Tracer::CompareWithLastFork(MemoryId memory,
                                 const probe::ProcessPages& now) {
  const Sharing::PagesPtr then = sharing_.last_fork(memory);
  if (then == nullptr || !FramesTell(*then, now)) {
    return;
  }
  ForEachInBoth(
      *then, now, report_.page_size,
      [&](uintptr_t page, const probe::PageRun& run_then, size_t index_then,
          const probe::PageRun& run_now, size_t index_now) {
        if (run_then.state != probe::AnonymousPage::kShared ||
            run_now.state == probe::AnonymousPage::kSwapped) {
          return;  // already the child's own, or nothing to compare
        }
        if (then->frame(index_then) == now.frame(index_now) ||
            sharing_.HasLeftSinceLastFork(memory, page)) {
          return;
        }
        CorrectReuse(memory, page);
        CountCopy(memory, sharing_.MarkCopied(memory, page), page,
                  UnseenChain());
      });
  CorrectSeenCopies(memory, ledgers_[memory].seen_before_fork, *then, now);
}

// Finds unseen copies of the parent by frame numbers. The parent may be
// running.
void Tracer::CompareParent(MemoryId memory) {
  const MemoryId parent = sharing_.parent(memory);
  const pid_t process = report_.processes[parent].process;
  if (!sharing_.alive(parent)) {
    return;
  }
  const absl::StatusOr<probe::ProcessPages> now =
      probe::ProcessPages::Look(process);
  if (!now.ok() || !FramesTell(*sharing_.shared(memory), *now)) {
    return;
  }
  const probe::ProcessPages& then = *sharing_.shared(memory);
  ForEachInBoth(
      then, *now, report_.page_size,
      [&](uintptr_t page, const probe::PageRun& run_then, size_t index_then,
          const probe::PageRun& run_now, size_t index_now) {
        if (then.frame(index_then) != now->frame(index_now) &&
            run_then.state != probe::AnonymousPage::kSwapped &&
            run_now.state != probe::AnonymousPage::kSwapped &&
            !WasCopiedBeforeLook(memory, page) &&
            !sharing_.HasLeftSinceFork(parent, memory, page)) {
          CountCopy(parent, sharing_.MarkCopied(parent, page), page,
                    UnseenChain());
        }
      });
}

}  // namespace cowbench::trace
