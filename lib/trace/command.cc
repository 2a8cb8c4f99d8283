#include "lib/trace/command.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace cowbench::trace {
namespace {

bool IsProgram(const std::string& path, struct stat* status) {
  return stat(path.c_str(), status) == 0 && S_ISREG(status->st_mode) &&
         access(path.c_str(), X_OK) == 0;
}

[[noreturn]] void Execute(char** arguments, const sigset_t& mask, int go,
                          int failure) {
  char byte;
  if (read(go, &byte, 1) != 1) {
    _exit(0);  // the tracer closed the pipe without Run()
  }
  sigprocmask(SIG_SETMASK, &mask, nullptr);
  execvp(arguments[0], arguments);
  const int error = errno;
  if (write(failure, &error, sizeof(error)) != sizeof(error)) {
    _exit(kExitCannotRun);
  }
  _exit(error == ENOENT ? kExitNotFound : kExitCannotRun);
}

}  // namespace

absl::StatusOr<std::string> FindProgram(const std::string& name) {
  struct stat status;
  std::string path = name;
  if (name.find('/') == name.npos) {
    const char* const folders = getenv("PATH");
    for (const absl::string_view folder :
         absl::StrSplit(folders == nullptr ? "/bin:/usr/bin" : folders, ':')) {
      path = absl::StrCat(folder.empty() ? "." : folder, "/", name);
      if (IsProgram(path, &status)) {
        break;
      }
    }
  }
  if (stat(path.c_str(), &status) != 0) {
    return absl::NotFoundError(
        absl::StrCat("'", name, "': there is no such command"));
  }
  const bool changes_user =
      (status.st_mode & S_ISUID) != 0 && status.st_uid != geteuid();
  const bool changes_group =
      (status.st_mode & S_ISGID) != 0 && status.st_gid != getegid();
  if ((changes_user || changes_group) && geteuid() != 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "'", path, "' is set-", changes_user ? "user" : "group",
        "-ID, which the kernel ignores for a program that is traced: trace it "
        "as root"));
  }
  return path;
}

absl::StatusOr<Command> Command::Prepare(char** arguments,
                                         const sigset_t& mask) {
  int go[2];
  int failure[2];
  if (pipe2(go, O_CLOEXEC) != 0 || pipe2(failure, O_CLOEXEC) != 0) {
    return absl::ErrnoToStatus(errno, "pipe");
  }
  const pid_t process = fork();
  if (process < 0) {
    return absl::ErrnoToStatus(errno, "fork");
  }
  if (process == 0) {
    close(go[1]);
    Execute(arguments, mask, go[0], failure[1]);
  }
  close(go[0]);
  close(failure[1]);
  return Command(process, go[1], failure[0]);
}

Command::~Command() {
  if (go_ >= 0) {
    close(go_);
    close(failure_);
  }
}

void Command::Run() {
  const char byte = 0;
  // The child is still there, since it waits for this byte.
  [[maybe_unused]] const ssize_t written = write(go_, &byte, 1);
}

int Command::Failure() const {
  int error = 0;
  return read(failure_, &error, sizeof(error)) == sizeof(error) ? error : 0;
}

}  // namespace cowbench::trace
