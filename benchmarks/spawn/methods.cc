#include "benchmarks/spawn/methods.h"

#include <linux/sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace cowbench::spawn {
namespace {

[[noreturn]] void Execute(const Program& program) {
  if (program.before_exec != nullptr) {
    program.before_exec();
  }
  char name[] = "tiny";
  char* const arguments[] = {name, nullptr};
  execve(program.path, arguments, environ);
  _exit(127);
}

pid_t Fork(const Program& program) {
  const pid_t pid = fork();
  if (pid == 0) {
    Execute(program);
  }
  return pid;
}

// Not inlined: the child uses this stack frame until it executes the program.
[[gnu::noinline]] pid_t Vfork(const Program& program) {
  const pid_t pid = vfork();
  if (pid == 0) {
    Execute(program);
  }
  return pid;
}

pid_t PosixSpawn(const Program& program) {
  char name[] = "tiny";
  char* const arguments[] = {name, nullptr};
  pid_t pid;
  const int error =
      posix_spawn(&pid, program.path, nullptr, nullptr, arguments, environ);
  errno = error;
  return error == 0 ? pid : -1;
}

// Unlike fork(), this runs no handlers of pthread_atfork(3).
pid_t Clone3Vfork(const Program& program) {
  clone_args arguments = {};
  arguments.flags = CLONE_VFORK;
  arguments.exit_signal = SIGCHLD;
  const auto pid =
      static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof(arguments)));
  if (pid == 0) {
    Execute(program);
  }
  return pid;
}

constexpr Method kMethods[] = {
    {"fork", true, true, &Fork},
    {"vfork", true, false, &Vfork},
    {"posix_spawn", false, false, &PosixSpawn},
    {"clone3_vfork", true, true, &Clone3Vfork},
};

}  // namespace

std::span<const Method> Methods() { return kMethods; }

}  // namespace cowbench::spawn
