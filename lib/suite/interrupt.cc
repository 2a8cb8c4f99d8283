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

void OnSignal(int) {
  const int saved_errno = errno;
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written =
      write(interrupt_fd, &one, sizeof(one));
  errno = saved_errno;
}

}  // namespace

int InterruptFd() {
  if (interrupt_fd < 0) {
    interrupt_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct sigaction action = {};
    action.sa_handler = OnSignal;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
  }
  return interrupt_fd;
}

bool Interrupted() {
  pollfd polled = {InterruptFd(), POLLIN, 0};
  return poll(&polled, 1, 0) > 0;
}

}  // namespace cowbench
