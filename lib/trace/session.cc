#include "lib/trace/session.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lib/trace/command.h"
#include "lib/trace/fault_ring.h"
#include "lib/trace/follower.h"
#include "lib/trace/tracer.h"

namespace cowbench::trace {
namespace {

// How soon to look again at postponed events, since no signal may announce
// them.
constexpr absl::Duration kRetry = absl::Milliseconds(20);

// Blocks signals and takes them from a descriptor during its lifetime. A signal
// that was ignored stays ignored.
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

  // The next signal other than SIGCHLD; 0 if there is none.
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

// A session after its set-up: the loop that watches the processes.
class Watch {
 public:
  Watch(pid_t root, bool is_ours, Follower& follower,
        absl::StatusOr<FaultRings> rings, absl::Duration interval,
        Signals& signals, absl::FunctionRef<void(absl::string_view)> say)
      : root_(root),
        is_ours_(is_ours),
        notes_(NotesOn(rings)),
        follower_(follower),
        tracer_(root,
                rings.ok() ? std::optional(*std::move(rings)) : std::nullopt,
                absl::ToInt64Nanoseconds(interval)),
        signals_(signals),
        say_(say) {
    sources_.push_back({signals.descriptor(), POLLIN, 0});
    if (tracer_.rings() != nullptr) {
      for (const int descriptor : tracer_.rings()->descriptors()) {
        sources_.push_back({descriptor, POLLIN, 0});
      }
    }
  }

  Tracer& tracer() { return tracer_; }

  // Runs until no process is left, the user interrupts, or `end`.
  SessionResult Run(absl::Time end) {
    SessionResult result;
    bool is_done = true;
    while (follower_.process_count() > 0) {
      Wait(is_done ? end : std::min(end, absl::Now() + kRetry));
      if (TakeSignals() || absl::Now() >= end) {
        tracer_.LookAtLiving();
        result.left_running = static_cast<int>(follower_.process_count());
        follower_.Detach();
      }
      is_done = follower_.HandleEvents(tracer_);
      tracer_.IsReady();
      SayWhatIsNew();
    }
    result.status = tracer_.root_status();
    result.report = tracer_.Finish();
    result.report.notes.insert(result.report.notes.begin(), notes_.begin(),
                               notes_.end());
    return result;
  }

 private:
  void Wait(absl::Time end) {
    const int64_t milliseconds =
        end == absl::InfiniteFuture()
            ? -1
            : std::clamp<int64_t>(
                  absl::ToInt64Milliseconds(end - absl::Now()) + 1, 0,
                  std::numeric_limits<int>::max());
    poll(sources_.data(), sources_.size(), static_cast<int>(milliseconds));
    for (pollfd& source : sources_) {
      // The rings of an ended process report POLLHUP forever.
      if ((source.revents & POLLHUP) != 0) {
        source.fd = -1;
      }
    }
  }

  // Returns whether the user interrupts. Passes on signals that are meant for
  // the command.
  bool TakeSignals() {
    bool is_from_terminal = false;
    bool is_end = false;
    while (const int signal = signals_.Take(&is_from_terminal)) {
      if (!is_ours_ || (tracer_.root_ended() && signal != SIGQUIT)) {
        is_end = true;
      } else if (!is_from_terminal) {
        kill(root_, signal);  // the terminal has sent its own to the command
      }
    }
    return is_end;
  }

  void SayWhatIsNew() {
    if (const int signal = tracer_.TakeStopSignal(); signal != 0) {
      say_(absl::StrCat("process ", root_, " was stopped by ",
                        std::string(sigabbrev_np(signal)),
                        "; SIGCONT lets it go on"));
    }
    if (tracer_.root_ended() && follower_.process_count() > 0 && !has_said_) {
      has_said_ = true;
      say_(absl::StrCat("the command has ended, ", follower_.process_count(),
                        " of its descendants go on; Ctrl-C leaves them alone"));
    }
  }

  const pid_t root_;
  const bool is_ours_;
  std::vector<std::string> notes_;
  Follower& follower_;
  Tracer tracer_;
  Signals& signals_;
  absl::FunctionRef<void(absl::string_view)> say_;
  std::vector<pollfd> sources_;
  bool has_said_ = false;
};

}  // namespace

absl::StatusOr<SessionResult> TraceCommand(
    char** arguments, const TraceOptions& options,
    absl::FunctionRef<void(absl::string_view)> say) {
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
  Watch watch(root, true, follower,
              FaultRings::Open(root, {root}, options.faults, options.call_graph,
                               options.largest_ring),
              options.interval, signals, say);
  command->Run();
  SessionResult result = watch.Run(absl::InfiniteFuture());
  result.execution_error = command->Failure();
  return result;
}

absl::StatusOr<SessionResult> TraceProcess(
    pid_t process, absl::Duration duration, const TraceOptions& options,
    absl::FunctionRef<void(absl::string_view)> say) {
  Signals signals;
  Follower follower;
  const absl::Status followed = follower.Attach(process);
  if (!followed.ok()) {
    return followed;
  }
  Watch watch(process, false, follower,
              FaultRings::Open(process, ThreadsOf(process), options.faults,
                               options.call_graph, options.largest_ring),
              options.interval, signals, say);
  watch.tracer().Begin();
  say(absl::StrCat("watching process ", process, "; Ctrl-C ends it"));
  return watch.Run(absl::Now() + duration);
}

}  // namespace cowbench::trace
