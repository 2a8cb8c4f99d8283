// How a parent and its forked children move from stage to stage together.
#ifndef COWBENCH_LIB_FORK_RENDEZVOUS_H_
#define COWBENCH_LIB_FORK_RENDEZVOUS_H_

#include <sys/types.h>

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "lib/fork/fork_runner.h"

namespace cowbench::internal {

// CLOCK_MONOTONIC, one clock for all processes.
int64_t MonotonicNs();

// The stages in the life of a child. Each one is entered when the parent says
// so, and reported when its work is done.
enum Stage : uint32_t {
  kForked = 0,
  kSettle,  // the parent is quiet: be so, too, and take the snapshot
  kWindow,  // run the pattern, compare with the snapshot
  kExit,
};

// A child's place in the shared memory.
struct ChildSlot {
  std::atomic<uint32_t> done;  // the last stage whose work is done
  std::atomic<bool> failed;    // `code` and `error` say why
  absl::StatusCode code;
  char error[240];
};

// In shared memory: what parent and children tell one another.
struct Board {
  int64_t parent_faults;        // of its life, once it has settled
  std::atomic<uint32_t> stage;  // the one that children may enter; a futex
  ChildSlot slots[kMaxChildren];
  Sample samples[kMaxChildren];
};

// The parent's end. Nothing here allocates until there is an error to report.
class Children {
 public:
  // `deadline_ns` is a reading of MonotonicNs().
  Children(Board* board, int64_t deadline_ns);
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;
  // Kills and reaps whoever is left.
  ~Children();

  // Takes charge of a child that was just forked.
  absl::Status Add(pid_t pid);
  // Lets the children enter `stage`.
  void Enter(Stage stage);
  // Waits until every child has done `stage`. Errors: kAborted when one died,
  // kDeadlineExceeded, or what a child reported.
  absl::Status AwaitDone(Stage stage);
  // Waits for the end of all children.
  absl::Status Reap();

  // For the child: the descriptor to report on.
  int event_fd() const { return event_fd_; }

 private:
  absl::Status Died(int index, Stage stage);

  Board* board_;
  int64_t deadline_ns_;
  int event_fd_;
  int count_ = 0;
  pid_t pids_[kMaxChildren];
  int pid_fds_[kMaxChildren];
};

// The child's end.
class ChildEnd {
 public:
  ChildEnd(Board* board, int index, int event_fd)
      : board_(board), slot_(&board->slots[index]), event_fd_(event_fd) {}

  void AwaitStage(Stage stage);
  void ReportDone(Stage stage);
  // Reports and does not return.
  [[noreturn]] void Fail(const absl::Status& status);

 private:
  Board* board_;
  ChildSlot* slot_;
  int event_fd_;
};

}  // namespace cowbench::internal

#endif  // COWBENCH_LIB_FORK_RENDEZVOUS_H_
