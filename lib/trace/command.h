// Finds the command to trace, starts it, and holds it until it may run.
#ifndef COWBENCH_LIB_TRACE_COMMAND_H_
#define COWBENCH_LIB_TRACE_COMMAND_H_

#include <signal.h>
#include <sys/types.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cowbench::trace {

// The exit statuses of env(1).
inline constexpr int kExitCannotRun = 126;
inline constexpr int kExitNotFound = 127;

// Returns the file that execvp(3) would execute for `name`. Errors: kNotFound;
// kFailedPrecondition where the file is set-user-ID or set-group-ID and this
// process lacks the privilege to trace it as such: the kernel ignores these
// bits for a traced program.
absl::StatusOr<std::string> FindProgram(const std::string& name);

// A child of this process that waits until it may execute a program. It has the
// standard streams, terminal and process group of this process.
class Command {
 public:
  // `arguments` ends with a null pointer. The child restores the signal mask
  // `mask`. Errors: those of fork(2).
  static absl::StatusOr<Command> Prepare(char** arguments,
                                         const sigset_t& mask);

  Command(Command&& other) noexcept
      : process_(other.process_),
        go_(std::exchange(other.go_, -1)),
        failure_(std::exchange(other.failure_, -1)) {}
  Command& operator=(Command&&) = delete;
  // Unless Run() was called, the child exits without executing anything.
  ~Command();

  pid_t process() const { return process_; }

  void Run();

  // Call it after the process has ended. Returns the error number of execve(2),
  // or 0 if that did not fail.
  int Failure() const;

 private:
  Command(pid_t process, int go, int failure)
      : process_(process), go_(go), failure_(failure) {}

  pid_t process_;
  int go_;
  int failure_;
};

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_COMMAND_H_
