#include "lib/trace/session.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "lib/trace/command.h"
#include "lib/trace/fault_ring.h"
#include "lib/trace/follower.h"
#include "lib/trace/tracer.h"

namespace cowbench::trace {
namespace {

// When something is left for later that nothing may remind us of.
constexpr int kRetryMilliseconds = 20;

// Signals that this process takes itself, while it lives. One that is ignored
// stays ignored.
class Signals {
 public:
  Signals() {
    sigset_t taken;
    sigemptyset(&taken);
    for (const int signal : {SIGCHLD, SIGINT, SIGQUIT, SIGTERM, SIGHUP}) {
      struct sigaction action;
      sigaction(signal, nullptr, &action);
      if (signal == SIGCHLD || action.sa_handler != SIG_IGN) {
        sigaddset(&taken, signal);
      }
    }
    sigprocmask(SIG_BLOCK, &taken, &mask_);
    descriptor_ = signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals() {
    close(descriptor_);
    sigprocmask(SIG_SETMASK, &mask_, nullptr);
  }

  int descriptor() const { return descriptor_; }
  const sigset_t& mask() const { return mask_; }

  // The next one but SIGCHLD; 0: no more.
  int Take(bool* is_from_terminal) {
    signalfd_siginfo info;
    while (read(descriptor_, &info, sizeof(info)) == sizeof(info)) {
      if (info.ssi_signo != SIGCHLD) {
        *is_from_terminal = info.ssi_code == SI_KERNEL;
        return static_cast<int>(info.ssi_signo);
      }
    }
    return 0;
  }

 private:
  int descriptor_;
  sigset_t mask_;
};

std::vector<std::string> NotesOn(const absl::StatusOr<FaultRings>& rings) {
  if (!rings.ok()) {
    return {absl::StrCat("page faults cannot be watched (",
                         rings.status().message(),
                         "): counts come from the page tables, and there is "
                         "no blame")};
  }
  if (!rings->sees_kernel()) {
    return {
        "without privilege, writes that the kernel makes for the program "
        "(read(2) into shared memory) are counted, but not blamed"};
  }
  return {};
}

}  // namespace

absl::StatusOr<SessionResult> TraceCommand(
    char** arguments, absl::FunctionRef<void(absl::string_view)> say) {
  Signals signals;
  absl::StatusOr<Command> command = Command::Prepare(arguments, signals.mask());
  if (!command.ok()) {
    return command.status();
  }
  const pid_t root = command->process();
  Follower follower;
  const absl::Status followed = follower.Follow(root);
  if (!followed.ok()) {
    return followed;
  }
  absl::StatusOr<FaultRings> rings = FaultRings::Open(root);
  std::vector<std::string> notes = NotesOn(rings);
  Tracer tracer(root,
                rings.ok() ? std::optional(*std::move(rings)) : std::nullopt);
  std::vector<pollfd> sources = {{signals.descriptor(), POLLIN, 0}};
  if (tracer.rings() != nullptr) {
    for (const int descriptor : tracer.rings()->descriptors()) {
      sources.push_back({descriptor, POLLIN, 0});
    }
  }
  command->Run();

  SessionResult result;
  bool has_said = false;
  bool is_done = true;
  while (follower.process_count() > 0) {
    // Rings of a process that has ended hang up, and say so all the time.
    poll(sources.data(), sources.size(), is_done ? -1 : kRetryMilliseconds);
    bool is_from_terminal = false;
    while (const int signal = signals.Take(&is_from_terminal)) {
      if (tracer.root_ended() && signal != SIGQUIT) {
        result.left_running = static_cast<int>(follower.process_count());
        follower.Detach();
      } else if (!is_from_terminal) {
        kill(root, signal);  // the terminal's reach the program as well
      }
    }
    is_done = follower.HandleEvents(tracer);
    tracer.IsReady();
    for (pollfd& source : sources) {
      if ((source.revents & POLLHUP) != 0) {
        source.fd = -1;
      }
    }
    if (const int signal = tracer.TakeStopSignal(); signal != 0) {
      say(absl::StrCat("process ", root, " was stopped by ",
                       std::string(sigabbrev_np(signal)),
                       "; SIGCONT lets it go on"));
    }
    if (tracer.root_ended() && follower.process_count() > 0 && !has_said) {
      has_said = true;
      say(absl::StrCat("the command has ended, ", follower.process_count(),
                       " of its descendants go on; Ctrl-C leaves them alone"));
    }
  }
  result.status = tracer.root_status();
  result.execution_error = command->Failure();
  result.report = tracer.Finish();
  result.report.notes = std::move(notes);
  return result;
}

}  // namespace cowbench::trace
