// Follows a process and all that it starts, with ptrace(2).
//
// PTRACE_SEIZE stops nothing by itself. A process stops only where it forks, is
// born, executes a program and ends, and where it would without us: for
// signals, which are passed on, and for job control.
#ifndef COWBENCH_LIB_TRACE_FOLLOWER_H_
#define COWBENCH_LIB_TRACE_FOLLOWER_H_

#include <sys/types.h>

#include <cstddef>
#include <map>
#include <set>
#include <vector>

#include "absl/status/status.h"

namespace cowbench::trace {

// What is told of processes, in the order in which it happens to each. While
// a call lasts, `process` is stopped where it says so; nobody else is.
class ProcessObserver {
 public:
  virtual ~ProcessObserver() = default;

  // Whether it may be told of execs and ends now. If not, they wait, and so do
  // the processes, until births have been told that it knows to come.
  virtual bool IsReady() = 0;

  // `child` has a copy of `parent`'s memory. It is stopped before its first
  // instruction; the parent goes on.
  virtual void OnFork(pid_t parent, pid_t child) = 0;
  // `child` uses `parent`'s memory itself until it executes a program or ends
  // (vfork, posix_spawn). It is stopped.
  virtual void OnSpawn(pid_t parent, pid_t child) = 0;
  // `process` has executed a program: its memory is another one now. Stopped.
  virtual void OnExec(pid_t process) = 0;
  // All threads of `process` are about to end, `thread` as the last one. It is
  // stopped, and has the memory still: /proc/<thread> shows it, /proc/<process>
  // does not if the first thread has ended before.
  virtual void OnExit(pid_t process, pid_t thread) = 0;
  // Right after OnExit(): nobody is stopped any more, for what takes its time.
  virtual void OnExiting(pid_t process) = 0;
  // `process` is gone; `status` is what wait(2) says.
  virtual void OnEnd(pid_t process, int status) = 0;
  // Job control has stopped `process` by `signal`; it waits for SIGCONT.
  virtual void OnStop(pid_t process, int signal) = 0;
};

// The threads of a process; none if it is gone.
std::vector<pid_t> ThreadsOf(pid_t process);

class Follower {
 public:
  // Begins to follow `process`, which has one thread. It is killed when this
  // process ends. Errors: kPermissionDenied and others that ptrace has.
  absl::Status Follow(pid_t process);

  // Begins to follow a process that runs already, with all its threads, and
  // what it starts from now on. It goes on when this process ends. Errors: as
  // above; kNotFound.
  absl::Status Attach(pid_t process);

  // Tells what has happened and lets those who stopped go on; never waits.
  // SIGCHLD is the sign that there is something. False if something is left
  // for later, because the observer was not ready.
  bool HandleEvents(ProcessObserver& observer);

  // Lets all go on without us.
  void Detach();

  // How many processes are being followed.
  size_t process_count() const { return threads_.size(); }

 private:
  struct Thread {
    pid_t process = 0;  // 0: born, and nobody has said yet by whom
    // Stopped before its first instruction until both are true.
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

  std::vector<Event> waiting_;  // execs and ends, in the order of their coming
  std::map<pid_t, Thread> known_;
  // The threads of each process that have not come to their end.
  std::map<pid_t, std::set<pid_t>> threads_;
};

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_FOLLOWER_H_
