// Follows a process and all that it starts, with ptrace(2).
//
// PTRACE_SEIZE itself stops nothing. A process stops only when it forks, is
// born, executes a program or ends, and where it would stop anyway: for
// signals, which are passed on, and for job control.
#ifndef COWBENCH_LIB_TRACE_FOLLOWER_H_
#define COWBENCH_LIB_TRACE_FOLLOWER_H_

#include <sys/types.h>

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace cowbench::trace {

// Gets the events of each process, in order. During a call, `process` or
// `child` is stopped where the comment says so; no other process is.
class ProcessObserver {
 public:
  virtual ~ProcessObserver() = default;

  // Whether the observer can take execs and ends now. If not, these events and
  // their processes wait until the follower has reported the births that the
  // observer still expects.
  virtual bool IsReady() = 0;

  // `child` has a copy of `parent`'s memory. It is stopped before its first
  // instruction; the parent goes on.
  virtual void OnFork(pid_t parent, pid_t child) = 0;
  // `child` uses `parent`'s memory itself until it executes a program or ends
  // (vfork, posix_spawn). It is stopped.
  virtual void OnSpawn(pid_t parent, pid_t child) = 0;
  // `process` has executed a program, so its memory is new. It is stopped.
  virtual void OnExec(pid_t process) = 0;
  // All threads of `process` are about to end, `thread` last. It is stopped and
  // still has its memory. /proc/<thread> shows that memory; /proc/<process>
  // does not if the first thread ended earlier.
  virtual void OnExit(pid_t process, pid_t thread) = 0;
  // Comes right after OnExit(), when nothing is stopped: for slow work.
  virtual void OnExiting(pid_t process) = 0;
  // `process` is gone; `status` is its status from wait(2).
  virtual void OnEnd(pid_t process, int status) = 0;
  // Job control has stopped `process` by `signal`; it waits for SIGCONT.
  virtual void OnStop(pid_t process, int signal) = 0;
};

// Returns the threads of a process; none if the process is gone.
std::vector<pid_t> ThreadsOf(pid_t process);

// Returns the fields of /proc/<thread>/stat after the command, so the state is
// field 0 (proc(5)); none if the thread is gone.
std::vector<std::string> StatFieldsOf(pid_t thread);

class Follower {
 public:
  // Begins to follow `process`, which has one thread. The kernel kills it when
  // this process ends. Errors: kPermissionDenied and other errors of ptrace(2).
  absl::Status Follow(pid_t process);

  // Begins to follow a running process with all its threads, and what it starts
  // from now on. It survives the end of this process. Errors: as above;
  // kNotFound.
  absl::Status Attach(pid_t process);

  // Reports all pending events to `observer` and resumes what was stopped;
  // never waits. Call it on SIGCHLD. Returns false if some events had to wait
  // because the observer was not ready.
  bool HandleEvents(ProcessObserver& observer);

  // Stops tracing all processes and lets them run on.
  void Detach();

  size_t process_count() const { return threads_.size(); }

 private:
  struct Thread {
    pid_t process = 0;  // 0: born, and the parent is not yet known
    // The thread stays stopped before its first instruction until both are
    // true.
    bool announced = false;
    bool stopped = false;
    bool is_vfork = false;
    pid_t parent = 0;  // the process that forked it
  };

  struct Event {
    pid_t thread;
    int status;  // wait(2)
  };

  void HandleStop(pid_t thread, int status, ProcessObserver& observer);
  void HandleEnd(pid_t thread, int status, ProcessObserver& observer);
  void HandleExec(pid_t process, ProcessObserver& observer);
  void Announce(pid_t child, pid_t parent, bool is_vfork,
                ProcessObserver& observer);
  void StartIfReady(pid_t thread, ProcessObserver& observer);
  void AdoptOrphans(pid_t ended, ProcessObserver& observer);
  void RemoveThread(pid_t thread);

  std::vector<Event> waiting_;  // execs and ends, in order of arrival
  std::map<pid_t, Thread> known_;
  // The threads of each process that have not ended.
  std::map<pid_t, std::set<pid_t>> threads_;
};

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_FOLLOWER_H_
