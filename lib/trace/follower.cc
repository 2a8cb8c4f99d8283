#include "lib/trace/follower.h"

#include <linux/kcmp.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/small_file.h"

namespace cowbench::trace {
namespace {

constexpr int kOptions = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                         PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
                         PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL;

// The value of "Tgid", "PPid" or "TracerPid" for a thread; 0 if the thread is
// gone.
pid_t StatusField(pid_t thread, absl::string_view field) {
  std::ifstream file(absl::StrCat("/proc/", thread, "/status"));
  std::string line;
  while (std::getline(file, line)) {
    absl::string_view rest = line;
    int number = 0;
    if (absl::ConsumePrefix(&rest, field) && absl::ConsumePrefix(&rest, ":") &&
        absl::SimpleAtoi(rest, &number)) {
      return number;
    }
  }
  return 0;
}

// Whether the thread is gone, or past the place where it stops before its end.
// A thread that ends by itself does not stop there if another thread ends the
// process meanwhile (kernel/signal.c, ptrace_stop).
bool IsEnding(pid_t thread) {
  constexpr uint64_t kExiting = 4;  // PF_EXITING in linux/sched.h
  const std::vector<std::string> fields = StatFieldsOf(thread);
  uint64_t flags = 0;
  return fields.empty() ||
         (fields.size() > 6 && absl::SimpleAtoi(fields[6], &flags) &&
          (flags & kExiting) != 0);
}

// If the kernel has no kcmp(2), only children of vfork count as sharing.
bool SharesMemory(pid_t one, pid_t other, bool is_vfork) {
  const int64_t order = syscall(SYS_kcmp, one, other, KCMP_VM, 0, 0);
  return order < 0 ? is_vfork : order == 0;
}

void Continue(pid_t thread, int signal = 0) {
  // The call fails if the thread was killed meanwhile, and that is fine.
  ptrace(PTRACE_CONT, thread, nullptr, signal);
}

bool IsExecOrEnd(int status) {
  return !WIFSTOPPED(status) || status >> 16 == PTRACE_EVENT_EXEC ||
         status >> 16 == PTRACE_EVENT_EXIT;
}

bool IsGroupStop(int signal) {
  return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN ||
         signal == SIGTTOU;
}

}  // namespace

std::vector<pid_t> ThreadsOf(pid_t process) {
  std::vector<pid_t> threads;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(
           absl::StrCat("/proc/", process, "/task"), error)) {
    pid_t thread = 0;
    if (absl::SimpleAtoi(entry.path().filename().string(), &thread)) {
      threads.push_back(thread);
    }
  }
  return threads;
}

std::vector<std::string> StatFieldsOf(pid_t thread) {
  const std::string text =
      ReadWholeFile(absl::StrCat("/proc/", thread, "/stat"));
  const size_t end = text.rfind(')');  // the command may be anything
  if (end == text.npos) {
    return {};
  }
  return absl::StrSplit(text.substr(end + 1), absl::ByAnyChar(" \n"),
                        absl::SkipEmpty());
}

absl::Status Follower::Follow(pid_t process) {
  if (ptrace(PTRACE_SEIZE, process, nullptr, kOptions) != 0) {
    return absl::ErrnoToStatus(errno, "ptrace");
  }
  known_[process] = {.process = process, .announced = true, .stopped = true};
  threads_[process].insert(process);
  return absl::OkStatus();
}

absl::Status Follower::Attach(pid_t process) {
  // The next round finds threads that start during this one.
  for (bool is_new = true; is_new;) {
    is_new = false;
    for (const pid_t thread : ThreadsOf(process)) {
      if (known_.count(thread) != 0 ||
          StatusField(thread, "TracerPid") == getpid()) {
        continue;
      }
      if (ptrace(PTRACE_SEIZE, thread, nullptr,
                 kOptions & ~PTRACE_O_EXITKILL) == 0) {
        known_[thread] = {
            .process = process, .announced = true, .stopped = true};
        threads_[process].insert(thread);
        is_new = true;
      } else if (errno != ESRCH) {
        return absl::ErrnoToStatus(errno, "ptrace");
      }
    }
  }
  return threads_.count(process) != 0
             ? absl::OkStatus()
             : absl::NotFoundError("there is no such process");
}

bool Follower::HandleEvents(ProcessObserver& observer) {
  int status = 0;
  while (true) {
    const pid_t thread = waitpid(-1, &status, __WALL | WNOHANG);
    if (thread < 0 && errno == EINTR) {
      continue;
    }
    if (thread <= 0) {
      break;
    }
    if (IsExecOrEnd(status)) {
      waiting_.push_back({thread, status});
    } else {
      HandleStop(thread, status, observer);
    }
  }
  size_t done = 0;
  while (done < waiting_.size() && observer.IsReady()) {
    const Event event = waiting_[done++];
    if (WIFSTOPPED(event.status)) {
      HandleStop(event.thread, event.status, observer);
    } else {
      HandleEnd(event.thread, event.status, observer);
    }
  }
  waiting_.erase(waiting_.begin(),
                 waiting_.begin() + static_cast<ptrdiff_t>(done));
  return waiting_.empty();
}

void Follower::HandleStop(pid_t thread, int status, ProcessObserver& observer) {
  const int signal = WSTOPSIG(status);
  const int event = status >> 16;
  uint64_t message = 0;  // ptrace(2) stores an unsigned long
  switch (event) {
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
    case PTRACE_EVENT_CLONE:
      if (ptrace(PTRACE_GETEVENTMSG, thread, nullptr, &message) == 0) {
        // The parent runs on while the child is inspected. The parent of a
        // vfork sleeps anyway.
        Continue(thread);
        Announce(static_cast<pid_t>(message), known_[thread].process,
                 event == PTRACE_EVENT_VFORK, observer);
      } else {
        Continue(thread);
      }
      return;
    case PTRACE_EVENT_EXEC:
      HandleExec(thread, observer);
      Continue(thread);
      return;
    case PTRACE_EVENT_EXIT: {
      const pid_t process = known_[thread].process;
      const auto found = threads_.find(process);
      bool is_last = false;
      if (found != threads_.end()) {
        std::set<pid_t>& others = found->second;
        others.erase(thread);
        while (!others.empty() && IsEnding(*others.begin())) {
          others.erase(others.begin());
        }
        is_last = others.empty();
      }
      if (is_last) {
        observer.OnExit(process, thread);
      }
      Continue(thread);
      if (is_last) {
        observer.OnExiting(process);
      }
      return;
    }
    case PTRACE_EVENT_STOP: {
      Thread& stopped = known_[thread];
      if (!stopped.stopped) {
        stopped.stopped = true;
        if (!stopped.announced) {
          stopped.parent = StatusField(thread, "PPid");
        }
        StartIfReady(thread, observer);
      } else if (IsGroupStop(signal)) {
        if (thread == stopped.process) {
          observer.OnStop(thread, signal);
        }
        ptrace(PTRACE_LISTEN, thread, nullptr, nullptr);
      } else {
        Continue(thread);
      }
      return;
    }
    default:
      Continue(thread, signal);
  }
}

void Follower::HandleEnd(pid_t thread, int status, ProcessObserver& observer) {
  RemoveThread(thread);
  if (threads_.erase(thread) != 0) {  // the first thread: its process is gone
    observer.OnEnd(thread, status);
    AdoptOrphans(thread, observer);
  }
}

// The other threads vanish without an event, and the thread that called
// execve(2) takes over the number of the process (ptrace(2)).
void Follower::HandleExec(pid_t process, ProcessObserver& observer) {
  std::erase_if(known_, [process](const auto& item) {
    return item.second.process == process && item.first != process;
  });
  known_[process] = {.process = process, .announced = true, .stopped = true};
  threads_[process] = {process};
  observer.OnExec(process);
}

void Follower::Announce(pid_t child, pid_t parent, bool is_vfork,
                        ProcessObserver& observer) {
  Thread& born = known_[child];
  born.announced = true;
  born.is_vfork = is_vfork;
  born.parent = parent;
  // A thread keeps its process alive even before it stops for the first time.
  const pid_t process = StatusField(child, "Tgid");
  if (process != 0 && process != child) {
    born.process = process;
    threads_[process].insert(child);
  }
  StartIfReady(child, observer);
}

void Follower::StartIfReady(pid_t thread, ProcessObserver& observer) {
  Thread& born = known_[thread];
  if (!born.announced || !born.stopped) {
    return;
  }
  born.process = StatusField(thread, "Tgid");
  if (born.process == 0) {
    born.process = thread;  // the thread was killed
  }
  threads_[born.process].insert(thread);
  if (born.process == thread) {
    const pid_t parent = born.parent;
    if (SharesMemory(parent, thread, born.is_vfork)) {
      observer.OnSpawn(parent, thread);
    } else {
      observer.OnFork(parent, thread);
    }
  }
  Continue(thread);
}

// A parent that is killed inside fork reports no child. Reports the children
// that it left.
void Follower::AdoptOrphans(pid_t ended, ProcessObserver& observer) {
  std::vector<pid_t> orphans;
  for (const auto& [thread, state] : known_) {
    if (!state.announced && state.stopped &&
        (state.parent == ended || threads_.count(state.parent) == 0)) {
      orphans.push_back(thread);
    }
  }
  for (const pid_t orphan : orphans) {
    Announce(orphan, known_[orphan].parent, false, observer);
  }
}

void Follower::Detach() {
  for (const auto& [thread, state] : known_) {
    if (!state.announced) {
      ptrace(PTRACE_DETACH, thread, nullptr, 0);  // not started yet
    } else {
      ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr);
    }
  }
  std::erase_if(known_,
                [](const auto& item) { return !item.second.announced; });
  while (!known_.empty()) {
    int status = 0;
    const pid_t thread = waitpid(-1, &status, __WALL);
    if (thread < 0 && errno != EINTR) {
      break;
    }
    if (thread > 0) {
      // Delivers a pending signal. A child that is born now is not in `known_`;
      // it is detached as well.
      const bool is_signal = WIFSTOPPED(status) && status >> 16 == 0;
      ptrace(PTRACE_DETACH, thread, nullptr, is_signal ? WSTOPSIG(status) : 0);
      known_.erase(thread);
    }
  }
  known_.clear();
  threads_.clear();
}

void Follower::RemoveThread(pid_t thread) {
  const auto found = known_.find(thread);
  if (found == known_.end()) {
    return;
  }
  const auto threads = threads_.find(found->second.process);
  if (threads != threads_.end()) {
    threads->second.erase(thread);
  }
  known_.erase(found);
}

}  // namespace cowbench::trace
