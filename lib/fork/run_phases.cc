#include "lib/fork/run_phases.h"

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

absl::string_view WhenIn(Phase phase) {
  switch (phase) {
    case kForked:
    case kSettle:
      return "before its window";
    case kWindow:
      return "in its window";
    case kCount:
    case kExit:
      return "after its window";
  }
  return "";
}

// Waits for the end of a child. Returns its status, or -1 if the kernel has
// reaped it, which happens when the program ignores SIGCHLD.
int WaitFor(pid_t pid) {
  int status = -1;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

std::string Describe(int status) {
  if (status == -1) {
    return "ended, and its status is lost because SIGCHLD is ignored,";
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

Children::Children(ControlBlock* control, int64_t deadline_ns)
    : control_(control),
      deadline_ns_(deadline_ns),
      event_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  control_->phase = kForked;
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

void Children::Enter(Phase phase) {
  control_->phase = phase;
  Futex(&control_->phase, FUTEX_WAKE, INT_MAX);
}

absl::Status Children::AwaitDone(Phase phase) {
  pollfd polled[1 + kMaxChildren];
  polled[0] = {event_fd_, POLLIN, 0};
  for (int i = 0; i < count_; ++i) {
    polled[1 + i] = {pid_fds_[i], POLLIN, 0};
  }
  while (true) {
    int done = 0;
    for (int i = 0; i < count_; ++i) {
      if (control_->children[i].failed) {
        return {control_->children[i].code,
                absl::StrCat("child ", i + 1, " of ", count_, ": ",
                             absl::string_view(control_->children[i].error))};
      }
      done += control_->children[i].done >= phase ? 1 : 0;
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
                       " children hung ", WhenIn(phase)));
    }
    for (int i = 0; i < count_; ++i) {
      if (ready > 0 && polled[1 + i].revents != 0) {
        return Died(i);
      }
    }
    uint64_t events;
    [[maybe_unused]] const ssize_t drained =
        read(event_fd_, &events, sizeof(events));
  }
}

absl::Status Children::Died(int index) {
  const auto phase =
      static_cast<Phase>(control_->children[index].done.load() + 1);
  const int status = WaitFor(pids_[index]);
  pids_[index] = 0;
  return absl::AbortedError(absl::StrCat("child ", index + 1, " of ", count_,
                                         " ", Describe(status), " ",
                                         WhenIn(phase)));
}

absl::Status Children::Reap() {
  absl::Status result;
  for (int i = 0; i < count_; ++i) {
    const int status = WaitFor(pids_[i]);
    pids_[i] = 0;
    if (status != 0 && result.ok()) {
      result = absl::AbortedError(absl::StrCat("child ", i + 1, " of ", count_,
                                               " ", Describe(status), " ",
                                               WhenIn(kExit)));
    }
  }
  return result;
}

void ParentLink::AwaitPhase(Phase phase) {
  for (uint32_t now = control_->phase; now < phase; now = control_->phase) {
    Futex(&control_->phase, FUTEX_WAIT, now);
  }
}

void ParentLink::ReportDone(Phase phase) {
  slot_->done = phase;
  const uint64_t one = 1;
  if (write(event_fd_, &one, sizeof(one)) < 0) {
    _exit(1);
  }
}

void ParentLink::Fail(const absl::Status& status) {
  const absl::string_view message = status.message();
  message.copy(slot_->error, sizeof(slot_->error) - 1);
  slot_->code = status.code();
  slot_->failed = true;
  ReportDone(kForked);
  AwaitPhase(kExit);  // the parent kills this process
  _exit(1);
}

}  // namespace cowbench::internal
