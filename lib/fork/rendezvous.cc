#include "lib/fork/rendezvous.h"

#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <ctime>
#include <string>

#include "absl/strings/str_cat.h"

namespace cowbench::internal {
namespace {

// Not std::atomic::wait, whose futex is private to one process.
void Futex(std::atomic<uint32_t>* word, int operation, uint32_t value) {
  syscall(SYS_futex, word, operation, value, nullptr, nullptr, 0);
}

absl::string_view When(Stage stage) {
  switch (stage) {
    case kForked:
    case kSettle:
      return "before its window";
    case kWindow:
      return "in its window";
    case kExit:
      return "after its window";
  }
  return "";
}

// Waits for the end of a child. Returns its status, or -1 if there is no such
// child, as when the program ignores SIGCHLD.
int WaitFor(pid_t pid) {
  int status = -1;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

std::string HowItEnded(int status) {
  if (status == -1) {
    return "ended, nobody knows how: SIGCHLD must not be ignored,";
  }
  if (WIFSIGNALED(status)) {
    return absl::StrCat("was killed by signal ", WTERMSIG(status), " (",
                        strsignal(WTERMSIG(status)), ")");
  }
  return absl::StrCat("exited with status ", WEXITSTATUS(status));
}

}  // namespace

int64_t MonotonicNs() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{1'000'000'000} * now.tv_sec + now.tv_nsec;
}

Children::Children(Board* board, int64_t deadline_ns)
    : board_(board),
      deadline_ns_(deadline_ns),
      event_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  board_->stage = kForked;
}

Children::~Children() {
  for (int i = 0; i < count_; ++i) {
    if (pids_[i] != 0) {
      kill(pids_[i], SIGKILL);
    }
  }
  for (int i = 0; i < count_; ++i) {
    if (pids_[i] != 0) {
      WaitFor(pids_[i]);
    }
    close(pid_fds_[i]);
  }
  close(event_fd_);
}

absl::Status Children::Add(pid_t pid) {
  pids_[count_] = pid;
  pid_fds_[count_] = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (pid_fds_[count_++] < 0) {
    return absl::ErrnoToStatus(errno, "pidfd_open");
  }
  return absl::OkStatus();
}

void Children::Enter(Stage stage) {
  board_->stage = stage;
  Futex(&board_->stage, FUTEX_WAKE, INT_MAX);
}

absl::Status Children::AwaitDone(Stage stage) {
  pollfd polled[1 + kMaxChildren];
  polled[0] = {event_fd_, POLLIN, 0};
  for (int i = 0; i < count_; ++i) {
    polled[1 + i] = {pid_fds_[i], POLLIN, 0};
  }
  while (true) {
    int done = 0;
    for (int i = 0; i < count_; ++i) {
      if (board_->slots[i].failed) {
        return {board_->slots[i].code,
                absl::StrCat("child ", i + 1, " of ", count_, ": ",
                             absl::string_view(board_->slots[i].error))};
      }
      done += board_->slots[i].done >= stage ? 1 : 0;
    }
    if (done == count_) {
      return absl::OkStatus();
    }
    const int64_t left_ns = std::max<int64_t>(deadline_ns_ - MonotonicNs(), 0);
    const int64_t left_ms = (left_ns + 999'999) / 1'000'000;
    const int ready =
        poll(polled, 1 + static_cast<nfds_t>(count_),
             static_cast<int>(std::min<int64_t>(left_ms, INT_MAX)));
    if (ready == 0) {
      return absl::DeadlineExceededError(
          absl::StrCat("deadline exceeded: ", count_ - done, " of ", count_,
                       " children hung ", When(stage)));
    }
    for (int i = 0; i < count_; ++i) {
      if (ready > 0 && polled[1 + i].revents != 0) {
        return Died(i, stage);
      }
    }
    uint64_t events;
    [[maybe_unused]] const ssize_t drained =
        read(event_fd_, &events, sizeof(events));
  }
}

absl::Status Children::Died(int index, Stage stage) {
  const int status = WaitFor(pids_[index]);
  pids_[index] = 0;
  return absl::AbortedError(absl::StrCat("child ", index + 1, " of ", count_,
                                         " ", HowItEnded(status), " ",
                                         When(stage)));
}

absl::Status Children::Reap() {
  absl::Status result;
  for (int i = 0; i < count_; ++i) {
    const int status = WaitFor(pids_[i]);
    pids_[i] = 0;
    if (status != 0 && result.ok()) {
      result = absl::AbortedError(absl::StrCat("child ", i + 1, " of ", count_,
                                               " ", HowItEnded(status), " ",
                                               When(kExit)));
    }
  }
  return result;
}

void ChildEnd::AwaitStage(Stage stage) {
  // Makes the system call even if there is nothing to wait for, with a value
  // that makes it return: a child that comes late takes the same page faults.
  for (uint32_t now = board_->stage;; now = board_->stage) {
    Futex(&board_->stage, FUTEX_WAIT, now < stage ? now : ~now);
    if (now >= stage) {
      return;
    }
  }
}

void ChildEnd::ReportDone(Stage stage) {
  slot_->done = stage;
  const uint64_t one = 1;
  if (write(event_fd_, &one, sizeof(one)) < 0) {
    _exit(1);
  }
}

void ChildEnd::Fail(const absl::Status& status) {
  const absl::string_view message = status.message();
  message.copy(slot_->error, sizeof(slot_->error) - 1);
  slot_->code = status.code();
  slot_->failed = true;
  ReportDone(kForked);
  AwaitStage(kExit);  // to be killed
  _exit(1);
}

}  // namespace cowbench::internal
