#include "lib/suite/interrupt.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace cowbench {
namespace {

int interrupt_fd = -1;

void OnSignal(int) { Interrupt(); }

void Handle(int signal_number, int flags) {
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART | flags;
  sigaction(signal_number, &action, nullptr);
}

}  // namespace

int InterruptFd() {
  if (interrupt_fd < 0) {
    interrupt_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    Handle(SIGINT, static_cast<int>(SA_RESETHAND));
    // timeout(1) sends it twice.
    Handle(SIGTERM, 0);
    Handle(SIGHUP, 0);
    signal(SIGPIPE, SIG_IGN);
  }
  return interrupt_fd;
}

void Interrupt() {
  const int saved_errno = errno;
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written =
      write(interrupt_fd, &one, sizeof(one));
  errno = saved_errno;
}

bool Interrupted() {
  pollfd polled = {InterruptFd(), POLLIN, 0};
  return poll(&polled, 1, 0) > 0;
}

}  // namespace cowbench
