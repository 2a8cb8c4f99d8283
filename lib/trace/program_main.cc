#include "lib/trace/program_main.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/startup.h"
#include "lib/base/units.h"
#include "lib/trace/blame.h"
#include "lib/trace/command.h"
#include "lib/trace/options.h"
#include "lib/trace/rows.h"
#include "lib/trace/session.h"
#include "lib/trace/symbols.h"
#include "lib/trace/table.h"

namespace cowbench::trace {
namespace {

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

void Say(absl::string_view line) {
  fprintf(stderr, "program: %s\n", std::string(line).c_str());
}

// Ends the way the command did, so that a waiting process sees the same status.
int EndAs(int status) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    const rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    ::signal(signal, SIG_DFL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    raise(signal);
    sigprocmask(SIG_UNBLOCK, &set, nullptr);
    return 128 + signal;
  }
  return WEXITSTATUS(status);
}

// Opens the file unless `name` is empty. Returns false if it cannot be written.
bool OpenFor(absl::string_view flag, const std::string& name,
             std::ofstream* file) {
  if (name.empty()) {
    return true;
  }
  file->open(name);
  if (!*file) {
    Say(absl::StrCat("--", flag, ": ", name, ": ", strerror(errno)));
  }
  return file->is_open();
}

// Prints the name of each child that copied more than `limit`.
bool IsWithinLimit(const Report& report, uint64_t limit) {
  bool within = true;
  for (const ProcessReport& child : report.processes) {
    const uint64_t copied = child.copied * report.page_size;
    if (child.is_fork && copied > limit) {
      Say(absl::StrCat("--max_copied: child ", child.name, " copied ",
                       HumanBytes(static_cast<double>(copied)), ", more than ",
                       FormatSize(limit)));
      within = false;
    }
  }
  return within;
}

}  // namespace

int ProgramMain(int argc, char** argv) {
  const absl::StatusOr<Options> options = ParseOptions(argc, argv);
  if (!options.ok()) {
    Say(options.status().message());
    return kExitUsage;
  }
  if (options->help) {
    return fputs(kHelp, stdout) >= 0 && fflush(stdout) == 0 ? 0 : kExitFailed;
  }
  if (const absl::Status started = StartUp(); !started.ok()) {
    Say(started.message());
    return kExitUsage;
  }
  std::ofstream out;
  std::ofstream stacks;
  if (!OpenFor("benchmark_out", options->out, &out) ||
      !OpenFor("stacks", options->stacks, &stacks)) {
    return kExitUsage;
  }
  if (options->attach == 0) {
    const absl::Status program = FindProgram(options->command[0]).status();
    if (!program.ok()) {
      Say(program.message());
      return absl::IsNotFound(program) ? kExitNotFound : kExitUsage;
    }
  }

  std::vector<Report> reports;
  int status = 0;
  for (int i = 0; i < options->repetitions; ++i) {
    absl::StatusOr<SessionResult> result =
        options->attach == 0
            ? TraceCommand(options->command, options->trace, Say)
            : TraceProcess(options->attach, options->duration, options->trace,
                           Say);
    if (!result.ok()) {
      Say(absl::StrCat(options->attach == 0
                           ? "cannot trace, so nothing was run: "
                           : "--attach: ",
                       result.status().message()));
      return kExitUsage;
    }
    if (result->execution_error != 0) {
      Say(absl::StrCat("'", options->command[0],
                       "': ", strerror(result->execution_error)));
      return WEXITSTATUS(result->status);
    }
    Symbols symbols(result->report.places);
    const Blame blame = BlameOf(result->report, symbols);
    fputs(Table(result->report, blame).c_str(), stderr);
    if (stacks.is_open()) {
      WriteFolded(blame, result->report.page_size, stacks);
    }
    status = options->attach == 0 ? result->status : 0;
    reports.push_back(std::move(result->report));
    if (status != 0) {
      break;
    }
  }
  if (out.is_open() && !WriteRows(options->name, reports, out)) {
    Say(absl::StrCat("--benchmark_out: ", options->out,
                     ": cannot be written to"));
    return kExitFailed;
  }
  if (stacks.is_open() && !stacks.flush()) {
    Say(absl::StrCat("--stacks: ", options->stacks, ": cannot be written to"));
    return kExitFailed;
  }
  if (status == 0 && options->max_copied) {
    bool within = true;
    for (const Report& report : reports) {
      within = IsWithinLimit(report, *options->max_copied) && within;
    }
    return within ? 0 : kExitFailed;
  }
  return EndAs(status);
}

}  // namespace cowbench::trace
