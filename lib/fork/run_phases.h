// Takes a parent and its children through the phases of a run together.
//
// Both classes are used while all processes must be quiet (fork_runner.cc). So
// their functions write only to the settled stack and to shared memory, and
// allocate only to report an error.
#ifndef COWBENCH_LIB_FORK_RUN_PHASES_H_
#define COWBENCH_LIB_FORK_RUN_PHASES_H_

#include <sys/types.h>

#include <cstdint>

#include "absl/status/status.h"
#include "lib/fork/control_block.h"

namespace cowbench::internal {

// CLOCK_MONOTONIC, one clock for all processes.
int64_t MonotonicNs();

// The children, used by their parent.
class Children {
 public:
  // `deadline_ns` is a reading of MonotonicNs().
  Children(ControlBlock* control, int64_t deadline_ns);
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;
  // Kills and reaps all children that are not reaped yet.
  ~Children();

  // Takes charge of a child that was just forked.
  absl::Status Add(pid_t pid);
  // Lets the children enter `phase`.
  void Enter(Phase phase);
  // Waits until every child is done with `phase`. Errors: kAborted when one
  // died, kDeadlineExceeded, or what a child reported.
  absl::Status AwaitDone(Phase phase);
  // Waits for the end of all children.
  absl::Status Reap();

  // For the child: the descriptor to report on.
  int event_fd() const { return event_fd_; }

 private:
  absl::Status Died(int index);

  ControlBlock* control_;
  int64_t deadline_ns_;
  int event_fd_;
  int count_ = 0;
  pid_t pids_[kMaxChildren];
  int pid_fds_[kMaxChildren];
};

// The parent, used by a child.
class ParentLink {
 public:
  ParentLink(ControlBlock* control, int index, int event_fd)
      : control_(control),
        slot_(&control->children[index]),
        event_fd_(event_fd) {}

  void AwaitPhase(Phase phase);
  void ReportDone(Phase phase);
  // Reports the error, and waits to be killed.
  [[noreturn]] void Fail(const absl::Status& status);

 private:
  ControlBlock* control_;
  ChildSlot* slot_;
  int event_fd_;
};

}  // namespace cowbench::internal

#endif  // COWBENCH_LIB_FORK_RUN_PHASES_H_
