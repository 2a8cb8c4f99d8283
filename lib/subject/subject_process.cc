#include "lib/subject/subject_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace cowbench {
namespace {

// The subject itself kills children at the deadline. If it has not answered
// this long after the deadline, it hangs.
constexpr absl::Duration kSubjectGrace = absl::Seconds(5);

// Linux's own default.
constexpr rlim_t kStackBytes = rlim_t{8} << 20;

// Runs between fork and exec. All descriptors are above the subject's own ones.
[[noreturn]] void ExecSubject(const SubjectOptions& options, int executable,
                              int tiny_program, int socket, pid_t driver,
                              const std::vector<char*>& environment) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != driver) {
    _exit(1);
  }
  // Some containers do not allow this; the subject reports whether it worked.
  personality(ADDR_NO_RANDOMIZE);
  if (options.data_set.huge_pages != HugePages::kSystem) {
    const bool is_never = options.data_set.huge_pages == HugePages::kNever;
    prctl(PR_SET_THP_DISABLE, is_never ? 1 : 0, 0, 0, 0);  // outlasts exec
  }
  // Mappings lie below the space for the stack (mmap_base() in
  // arch/x86/mm/mmap.c), so the caller's limit would move them.
  rlimit stack;
  if (getrlimit(RLIMIT_STACK, &stack) == 0) {
    stack.rlim_cur = std::min(kStackBytes, stack.rlim_max);
    setrlimit(RLIMIT_STACK, &stack);
  }
  // A process group of its own: Ctrl-C then reaches only the driver, and the
  // driver can kill all processes that the subject leaves behind.
  setpgid(0, 0);
  signal(SIGPIPE, SIG_DFL);  // the driver ignores these signals
  signal(SIGXFSZ, SIG_DFL);
  if (options.quiet) {
    dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
  }
  // The driver's standard output is for results.
  dup2(STDERR_FILENO, STDOUT_FILENO);
  // The memory guard only estimates. If memory runs out all the same, the
  // kernel must kill this process first.
  const int oom = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  [[maybe_unused]] const ssize_t written = write(oom, "1000", 4);
  dup2(socket, kSubjectSocket);  // without close-on-exec
  dup2(tiny_program, kTinyProgram);
  // Not by path: the kernel puts that on the stack, and a longer path would
  // move everything below it.
  char name[] = "subject";
  char* const arguments[] = {name, nullptr};
  syscall(SYS_execveat, executable, "", arguments, environment.data(),
          AT_EMPTY_PATH);
  _exit(127);
}

// Moves a descriptor to a number above those of the subject's own ones.
int AboveSubjectsOwn(int descriptor) {
  const int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, kTinyProgram + 1);
  close(descriptor);
  return moved;
}

// To be executed. Errors: kNotFound.
absl::StatusOr<int> OpenProgram(const std::string& path) {
  const int opened = open(path.c_str(), O_PATH | O_CLOEXEC);
  if (opened < 0) {
    return absl::NotFoundError(absl::StrCat(path, ": ", strerror(errno)));
  }
  return AboveSubjectsOwn(opened);
}

bool IsMallocLibrary(std::string_view path, std::string_view wanted) {
  return wanted.starts_with('/')
             ? path == wanted
             : path.substr(path.rfind('/') + 1).starts_with(wanted);
}

}  // namespace

absl::StatusOr<std::unique_ptr<SubjectProcess>> SubjectProcess::Start(
    const SubjectOptions& options) {
  // This process inherits, and can reap, the children of a killed subject.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  COWBENCH_ASSIGN_OR_RETURN(const int executable,
                            OpenProgram(options.executable));
  const absl::Cleanup close_executable = [=] { close(executable); };
  int tiny_program = -1;
  if (!options.tiny_program.empty()) {
    COWBENCH_ASSIGN_OR_RETURN(tiny_program, OpenProgram(options.tiny_program));
  }
  const absl::Cleanup close_tiny_program = [=] { close(tiny_program); };
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) {
    return absl::ErrnoToStatus(errno, "socketpair");
  }
  const int subject_socket = AboveSubjectsOwn(sockets[1]);
  // Bind all symbols at the start, not in the middle of a measurement.
  std::string bind_now = "LD_BIND_NOW=1";
  std::vector<std::string> settings = options.environment;
  std::vector<char*> environment = {bind_now.data()};
  for (std::string& setting : settings) {
    environment.push_back(setting.data());
  }
  environment.push_back(nullptr);
  const pid_t driver = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    ExecSubject(options, executable, tiny_program, subject_socket, driver,
                environment);
  }
  close(subject_socket);
  setpgid(pid, pid);  // in case that the child has not done it yet
  if (pid < 0) {
    close(sockets[0]);
    return absl::ErrnoToStatus(errno, "fork");
  }
  std::unique_ptr<SubjectProcess> subject(
      new SubjectProcess(options, pid, sockets[0]));
  COWBENCH_RETURN_IF_ERROR(
      subject->Receive(options.deadline, &subject->hello_));
  if (!IsMallocLibrary(subject->hello_.library.view(),
                       options.malloc_library)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "malloc is defined in ", subject->hello_.library.characters,
        ", not in ", options.malloc_library));
  }
  return subject;
}

SubjectProcess::~SubjectProcess() {
  close(socket_);
  // The memory of the subject and its children must be free before the next
  // case starts.
  kill(-group_, SIGKILL);
  while (waitpid(-group_, nullptr, 0) > 0 || errno == EINTR) {
  }
}

absl::StatusOr<BuildReply> SubjectProcess::Build(absl::string_view layout,
                                                 uint64_t elements) {
  BuildRequest request = {};
  request.layout = layout;
  request.elements = elements;
  request.options = options_.data_set;
  BuildReply reply;
  if (!SendMessage(socket_, request)) {
    return Died();
  }
  COWBENCH_RETURN_IF_ERROR(Receive(options_.deadline, &reply));
  return reply;
}

absl::StatusOr<RunReply> SubjectProcess::Run(RunRequest request) {
  request.deadline_ns = absl::ToInt64Nanoseconds(options_.deadline);
  RunReply reply;
  if (!SendMessage(socket_, request)) {
    return Died();
  }
  COWBENCH_RETURN_IF_ERROR(Receive(options_.deadline + kSubjectGrace, &reply));
  return reply;
}

template <typename Reply>
absl::Status SubjectProcess::Receive(absl::Duration deadline, Reply* reply) {
  const absl::Time end = absl::Now() + deadline;
  pollfd polled[] = {{socket_, POLLIN, 0}, {options_.cancel_fd, POLLIN, 0}};
  int ready;
  do {
    const absl::Duration left =
        std::max(end - absl::Now(), absl::ZeroDuration());
    ready = poll(polled, 2,
                 static_cast<int>(absl::ToInt64Milliseconds(
                     absl::Ceil(left, absl::Milliseconds(1)))));
  } while (ready < 0 && errno == EINTR);
  if (polled[1].revents != 0) {
    return absl::CancelledError("interrupted");
  }
  if (ready < 0) {
    return absl::ErrnoToStatus(errno, "poll");
  }
  if (ready == 0) {
    return absl::DeadlineExceededError(absl::StrCat(
        "the subject did not answer within ", absl::FormatDuration(deadline)));
  }
  if (!ReceiveMessage(socket_, reply)) {
    return Died();
  }
  if (!reply->error.view().empty()) {
    return absl::InternalError(reply->error.characters);
  }
  return absl::OkStatus();
}

absl::Status SubjectProcess::Died() {
  // A process that ends closes its files a moment before it can be reaped.
  siginfo_t ended = {};
  for (int i = 0; i < 1000 && ended.si_pid == 0; ++i) {
    if (i > 0) {
      usleep(1000);
    }
    waitid(P_PID, static_cast<id_t>(group_), &ended,
           WEXITED | WNOHANG | WNOWAIT);
  }
  int status = 0;
  kill(group_, SIGKILL);
  while (waitpid(group_, &status, 0) < 0 && errno == EINTR) {
  }
  if (ended.si_pid == 0) {
    return absl::AbortedError("the subject closed its connection");
  }
  if (WIFEXITED(status)) {
    return absl::AbortedError(
        absl::StrCat("the subject exited with status ", WEXITSTATUS(status)));
  }
  return absl::AbortedError(absl::StrCat(
      "the subject was killed by signal ", WTERMSIG(status), " (",
      strsignal(WTERMSIG(status)), ")",
      WTERMSIG(status) == SIGKILL ? "; was memory running out?" : ""));
}

}  // namespace cowbench
