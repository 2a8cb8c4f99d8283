#include "lib/trace/tracer.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "lib/probe/copy_count.h"
#include "lib/probe/mappings.h"
#include "lib/trace/unwinder.h"

namespace cowbench::trace {
namespace {

// Whether the kernel ignored the set-user-ID or set-group-ID bit of a program
// because we lack the privilege to trace it as another user (execve(2),
// ptrace(2)).
bool HasLostItsUser(pid_t process) {
  struct stat program;
  return geteuid() != 0 &&
         stat(absl::StrCat("/proc/", process, "/exe").c_str(), &program) == 0 &&
         (((program.st_mode & S_ISUID) != 0 && program.st_uid != geteuid()) ||
          ((program.st_mode & S_ISGID) != 0 && program.st_gid != getegid()));
}

// How long, in nanoseconds, a birth in the rings waits for the follower to
// report it.
constexpr int64_t kLongestWait = 1'000'000'000;

}  // namespace

std::string CommandOf(pid_t process) {
  std::ifstream file(absl::StrCat("/proc/", process, "/comm"));
  std::string name;
  std::getline(file, name);
  return name;
}

Tracer::Tracer(pid_t root, std::optional<FaultRings> rings, int64_t interval)
    : root_(root),
      rings_(std::move(rings)),
      counts_by_kernel_(probe::CopiesAreCounted().ok() &&
                        probe::CopyCountOfProcess(root).ok()) {
  report_.page_size = probe::PageSize();
  report_.interval = interval;
  Register(root, "", sharing_.Add());
}

MemoryId Tracer::Register(pid_t process, std::string name, MemoryId memory) {
  ledgers_.emplace_back();
  ProcessReport& report = report_.processes.emplace_back();
  report.name = std::move(name);
  report.process = process;
  report.begin = NowNanoseconds();
  memory_of_[process] = memory;
  return memory;
}

void Tracer::Begin() {
  root_started_ = true;
  BeginLedger(root_, 0);
}

void Tracer::LookAtLiving() {
  IsReady();
  for (MemoryId memory = 0; memory < report_.processes.size(); ++memory) {
    const pid_t process = report_.processes[memory].process;
    if (report_.processes[memory].end == 0) {
      Look(process, process, memory);
      Close(memory);
    }
  }
}

bool Tracer::IsReady() {
  if (!rings_) {
    return true;
  }
  rings_->Read(&queue_);
  while (!queue_.empty()) {
    const Record record = queue_.front();
    const bool is_new = record.kind == RecordKind::kBirth &&
                        record.process != record.thread &&
                        memory_of_.count(record.process) == 0;
    if (is_new && births_.count(record.process) == 0 &&
        NowNanoseconds() - record.time < kLongestWait) {
      return false;  // wait for the look at the child before going on
    }
    queue_.pop_front();
    Consume(record);
  }
  return true;
}

void Tracer::Consume(const Record& record) {
  if (record.kind == RecordKind::kBirth) {
    Bear(record.process, static_cast<int64_t>(record.address));
    return;
  }
  const auto found = memory_of_.find(record.process);
  if (found == memory_of_.end() || !root_started_) {
    return;
  }
  if (record.kind == RecordKind::kEnd) {
    const int64_t looked = ledgers_[found->second].looked;
    if (looked != 0 && record.time > looked &&
        report_.processes[found->second].process == record.process) {
      EndMemory(found->second);
    }
    return;
  }
  const MemoryId memory = found->second;
  const uintptr_t page = record.address / report_.page_size * report_.page_size;
  const WriteOutcome outcome =
      sharing_.Write(memory, page, record.access, record.chain);
  if (outcome.kind == WriteKind::kCopy) {
    CountCopy(memory, outcome, page, record.chain);
    CountOverTime(memory, outcome, record.time);
    const MemoryId child = sharing_.last_child(memory);
    ledgers_[memory].seen_copies.push_back(
        {.page = page & SeenCopy::kLargestPage,
         .inherited = outcome.inherited,
         .of_last_child = absl::c_linear_search(outcome.peers, child)});
    if (record.time < ledgers_[memory].born) {
      ledgers_[memory].copied_before_look.push_back(page);
    }
  } else if (outcome.kind == WriteKind::kReuse) {
    ++report_.processes[memory].reused;
    if (report_.exact) {
      const MemoryId child = sharing_.last_child(memory);
      ledgers_[memory].reused_pages[page] = child != memory &&
                                            sharing_.alive(child) &&
                                            sharing_.LeftLast(child, page);
    }
  } else if (record.access == Access::kWriteProtected) {
    ledgers_[memory].protected_writes.emplace_back(
        page, sharing_.HasLeft(memory, page));
  } else if (record.access == Access::kRead) {
    ledgers_[memory].reads.push_back(page);
  }
}

void Tracer::OnFork(pid_t parent, pid_t child) {
  absl::StatusOr<probe::ProcessPages> pages = probe::ProcessPages::Look(child);
  const bool is_unreadable = absl::IsPermissionDenied(pages.status());
  if (unwinder() != nullptr) {
    unwinder()->Begin(child);
  }
  births_[child] = {
      .parent = parent,
      .pages = pages.ok()
                   ? std::make_shared<probe::ProcessPages>(*std::move(pages))
                   : std::make_shared<probe::ProcessPages>(),
      .is_unreadable = is_unreadable,
      .looked = NowNanoseconds()};
  report_.exact = births_[child].pages->has_frames();
  AwaitBirth(child);
}

void Tracer::OnSpawn(pid_t parent, pid_t child) {
  births_[child] = {.parent = parent};
  AwaitBirth(child);
}

void Tracer::AwaitBirth(pid_t child) {
  if (rings_) {
    rings_->Trace(child);
  }
  IsReady();
  // The birth is not in the rings: they were full, or there are none.
  if (std::none_of(queue_.begin(), queue_.end(), [child](const Record& r) {
        return r.kind == RecordKind::kBirth && r.process == child;
      })) {
    Bear(child);
  }
}

void Tracer::Bear(pid_t child, int64_t fork_time) {
  const auto found = births_.find(child);
  if (found == births_.end()) {
    return;
  }
  const Birth birth = found->second;
  births_.erase(found);
  Bear(birth.parent);  // in case its record was lost
  const auto owner = memory_of_.find(birth.parent);
  const MemoryId parent = owner == memory_of_.end() ? 0 : owner->second;
  if (birth.pages == nullptr) {
    memory_of_[child] = parent;
    return;
  }
  CompareWithLastFork(parent, *birth.pages);
  Ledger& parents = ledgers_[parent];
  if (!report_.processes[parent].is_fork) {
    parents.seen_copies.clear();
    parents.reused_pages.clear();
  }
  for (auto& [page, was_left_by_last_child] : parents.reused_pages) {
    was_left_by_last_child = false;  // it will be another one
  }
  parents.seen_before_fork = parents.seen_copies.size();
  parents.last_mapping = nullptr;  // points into a look that is freed soon
  const std::string& above = report_.processes[parent].name;
  std::string name =
      absl::StrCat(above, above.empty() ? "" : ".", ++ledgers_[parent].births);
  const MemoryId memory =
      Register(child, std::move(name), sharing_.Fork(parent, birth.pages));
  ledgers_[memory].born = birth.looked;
  ProcessReport& report = report_.processes[memory];
  report.is_fork = true;
  report.unreadable = birth.is_unreadable;
  report.fork_time = fork_time;
  report.shared = birth.pages->page_count();
}

void Tracer::OnExec(pid_t process) {
  Bear(process);
  ignored_bits_ += HasLostItsUser(process) ? 1 : 0;
  if (unwinder() != nullptr) {
    unwinder()->Forget(process);
  }
  const MemoryId old = memory_of_[process];
  const bool is_owner = report_.processes[old].process == process;
  std::string name = report_.processes[old].name;
  uint64_t births = ledgers_[old].births;
  if (!is_owner) {  // it shared its parent's memory until now
    absl::StrAppend(&name, name.empty() ? "" : ".", ++ledgers_[old].births);
    births = 0;
  } else if (process == root_ && !root_started_) {
    root_started_ = true;
    BeginLedger(process, old);
    return;
  } else {
    CountKernel(process, old);
    report_.processes[old].executed = true;
    report_.processes[old].end = NowNanoseconds();
    report_.processes[old].command = CommandOf(process);
    CountCacheCopies(old);
    EstimateUnseen(old, nullptr);
    if (sharing_.shared(old) != nullptr) {
      ResolveCulprits(old, sharing_.shared(old)->mappings());
    }
    EndMemory(old);
  }
  const MemoryId memory = Register(process, std::move(name), sharing_.Add());
  ledgers_[memory].births = births;
  BeginLedger(process, memory);
}

void Tracer::OnExit(pid_t process, pid_t thread) {
  if (rings_) {
    rings_->Forget(process);
  }
  Bear(process);
  const auto found = memory_of_.find(process);
  if (found != memory_of_.end() &&
      report_.processes[found->second].process == process) {
    Look(process, thread, found->second);
  }
}

void Tracer::OnExiting(pid_t process) {
  const auto found = memory_of_.find(process);
  if (found != memory_of_.end() && ledgers_[found->second].looked != 0) {
    Close(found->second);
  }
}

void Tracer::OnEnd(pid_t process, int status) {
  if (unwinder() != nullptr) {
    unwinder()->Forget(process);
  }
  const auto found = memory_of_.find(process);
  if (found != memory_of_.end()) {
    ProcessReport& report = report_.processes[found->second];
    if (report.process == process) {
      report.status = status;
      if (report.end == 0) {
        report.lost = true;
        report.end = NowNanoseconds();
      }
      EndMemory(found->second);
    }
    memory_of_.erase(found);
  }
  if (process == root_) {
    root_ended_ = true;
    root_status_ = status;
  }
}

void Tracer::OnStop(pid_t process, int signal) {
  if (process == root_) {
    stop_signal_ = signal;
  }
}

// The copies of the ended process are free now. When a parent's last child has
// ended, its copies of pages shared with children are the only ones left, so
// they are no extra memory any more.
void Tracer::EndMemory(MemoryId memory) {
  if (!sharing_.alive(memory)) {
    return;
  }
  sharing_.End(memory);
  const ProcessReport& report = report_.processes[memory];
  extra_ -= report.copied + std::exchange(ledgers_[memory].left_to_children, 0);
  const MemoryId parent = sharing_.parent(memory);
  if (report.is_fork && !sharing_.HasChildren(parent)) {
    extra_ -= std::exchange(ledgers_[parent].left_to_children, 0);
  }
}

}  // namespace cowbench::trace
