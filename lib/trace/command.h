// The command that is traced: found, started, and held until it may run.
#ifndef COWBENCH_LIB_TRACE_COMMAND_H_
#define COWBENCH_LIB_TRACE_COMMAND_H_

#include <signal.h>
#include <sys/types.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cowbench::trace {

// What env(1) returns.
inline constexpr int kExitCannotRun = 126;
inline constexpr int kExitNotFound = 127;

// The file that execvp(3) would execute for `name`. Errors: kNotFound;
// kFailedPrecondition where the file is set-user-ID or set-group-ID and this
// process may not pass that on: the kernel ignores it for a traced program.
absl::StatusOr<std::string> FindProgram(const std::string& name);

// A child of this process that waits to execute a program. Standard streams,
// terminal and process group are this process's.
class Command {
 public:
  // `arguments` end with a null pointer. `mask` is the signal mask to restore.
  // Errors: those of fork(2).
  static absl::StatusOr<Command> Prepare(char** arguments,
                                         const sigset_t& mask);

  Command(Command&& other) noexcept
      : process_(other.process_),
        go_(std::exchange(other.go_, -1)),
        failure_(std::exchange(other.failure_, -1)) {}
  Command& operator=(Command&&) = delete;
  // Without Run(), nothing is executed.
  ~Command();

  pid_t process() const { return process_; }

  void Run();

  // When the process has ended: the error number of execve(2), 0 if it did
  // not fail.
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
