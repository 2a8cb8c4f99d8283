#include "lib/suite/summary.h"

#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/suite/runfiles.h"

namespace cowbench {
namespace {

constexpr char kScript[] = "scripts/summary";

class Tee : public benchmark::BenchmarkReporter {
 public:
  Tee(std::unique_ptr<benchmark::BenchmarkReporter> inner, std::ostream* json)
      : inner_(std::move(inner)) {
    json_.SetOutputStream(json);
  }

  bool ReportContext(const Context& context) override {
    inner_->SetOutputStream(&GetOutputStream());
    inner_->SetErrorStream(&GetErrorStream());
    return inner_->ReportContext(context) && json_.ReportContext(context);
  }
  void ReportRuns(const std::vector<Run>& runs) override {
    inner_->ReportRuns(runs);
    json_.ReportRuns(runs);
  }
  void Finalize() override {
    inner_->Finalize();
    json_.Finalize();
  }

 private:
  std::unique_ptr<benchmark::BenchmarkReporter> inner_;
  benchmark::JSONReporter json_;
};

// An unnamed file with this text, at its beginning; -1 on failure.
int FileWith(const std::string& text) {
  const int file = memfd_create("results", MFD_CLOEXEC);
  for (size_t written = 0; file >= 0 && written < text.size();) {
    const ssize_t more =
        write(file, text.data() + written, text.size() - written);
    if (more <= 0) {
      close(file);
      return -1;
    }
    written += static_cast<size_t>(more);
  }
  if (file >= 0) {
    lseek(file, 0, SEEK_SET);
  }
  return file;
}

std::vector<char*> Pointers(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (const std::string& string : strings) {
    pointers.push_back(const_cast<char*>(string.c_str()));
  }
  return pointers;
}

// Runs a program of the runfiles with a file as its standard input. Returns
// whether it ran and exited with status 0.
bool Run(const std::vector<std::string>& command, int input) {
  std::vector<char*> arguments = Pointers(command);
  arguments.push_back(nullptr);
  // The first one of a name counts.
  const std::vector<std::string> added = RunfilesEnvironment();
  std::vector<char*> environment = Pointers(added);
  for (char** variable = environ; *variable != nullptr; ++variable) {
    environment.push_back(*variable);
  }
  environment.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, arguments[0], &actions, nullptr,
                                arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  return error == 0 && TEMP_FAILURE_RETRY(waitpid(pid, &status, 0)) == pid &&
         status == 0;
}

}  // namespace

std::unique_ptr<benchmark::BenchmarkReporter> AlsoAsJson(
    std::unique_ptr<benchmark::BenchmarkReporter> inner, std::ostream* json) {
  return std::make_unique<Tee>(std::move(inner), json);
}

void PrintSummary(const std::string& json, absl::Duration took,
                  const std::string& kept_in) {
  const absl::StatusOr<std::string> script = FindRunfile(kScript);
  bool printed = false;
  if (script.ok()) {
    fputs("\n", stdout);
    fflush(stdout);
    const int input = FileWith(json);
    printed =
        input >= 0 &&
        Run({*script, absl::StrCat("--took=", absl::ToDoubleSeconds(took)),
             absl::StrCat("--kept-in=", kept_in), "/dev/stdin"},
            input);
    close(input);
  }
  if (!printed) {
    printf("For a summary: bazel run //scripts:summary -- %s\n",
           kept_in.empty() ? "FILE (of --benchmark_out)" : kept_in.c_str());
    fflush(stdout);
  }
}

}  // namespace cowbench
