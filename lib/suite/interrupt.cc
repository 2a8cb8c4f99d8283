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

// All signals that end a process by default, can be caught, and are not caused
// by a bug.
constexpr int kSignals[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,  SIGXCPU,
                            SIGABRT, SIGALRM, SIGUSR1, SIGUSR2,  SIGVTALRM,
                            SIGPROF, SIGIO,   SIGPWR,  SIGSTKFLT};

void HandleUnlessSet(int signal_number) {
  struct sigaction action = {};
  sigaction(signal_number, nullptr, &action);
  // Ignored by nohup(1), for example, or handled by a profiler.
  if (action.sa_handler != SIG_DFL) {
    return;
  }
  action.sa_handler = OnSignal;
  // Only a second signal from the keyboard ends the process: timeout(1) sends
  // SIGTERM twice, and the kernel sends SIGXCPU every second.
  const bool from_keyboard =
      signal_number == SIGINT || signal_number == SIGQUIT;
  action.sa_flags =
      SA_RESTART | (from_keyboard ? static_cast<int>(SA_RESETHAND) : 0);
  sigaction(signal_number, &action, nullptr);
}

}  // namespace

int InterruptFd() {
  if (interrupt_fd < 0) {
    interrupt_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    for (const int signal_number : kSignals) {
      HandleUnlessSet(signal_number);
    }
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
