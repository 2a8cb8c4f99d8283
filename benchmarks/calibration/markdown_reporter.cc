#include "benchmarks/calibration/markdown_reporter.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ostream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "lib/base/units.h"
#include "lib/suite/reporting.h"

namespace cowbench {
namespace {

constexpr char kUnavailable[] = "not available here: ";

std::string Cell(const std::string& counter, double value) {
  if (absl::EndsWith(counter, "_bytes")) {
    return HumanBytes(value);
  }
  if (absl::EndsWith(counter, "_time")) {
    return HumanSeconds(value);
  }
  return absl::EndsWith(counter, "_ratio") ? absl::StrFormat("%.3f", value)
                                           : HumanCount(value);
}

class MarkdownReporter : public benchmark::BenchmarkReporter {
 public:
  explicit MarkdownReporter(std::vector<Table> tables)
      : tables_(std::move(tables)), runs_(tables_.size()) {}

  bool ReportContext(const Context&) override { return true; }

  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      const std::string& name = run.run_name.function_name;
      fprintf(stderr, "%s: done\n", name.c_str());
      failed_ =
          failed_ ||
          (Failed(run) && !absl::StartsWith(FailureMessage(run), kUnavailable));
      for (size_t i = 0; i < tables_.size(); ++i) {
        if (absl::StartsWith(name, tables_[i].prefix)) {
          runs_[i].push_back(run);
        }
      }
    }
  }

  void Finalize() override {
    utsname system;
    uname(&system);
    GetOutputStream() << absl::StrFormat("Linux %s, %d CPUs\n", system.release,
                                         sysconf(_SC_NPROCESSORS_ONLN));
    for (size_t i = 0; i < tables_.size(); ++i) {
      if (!runs_[i].empty()) {
        Print(tables_[i], runs_[i]);
      }
    }
  }

  bool failed() const { return failed_; }

 private:
  void Print(const Table& table, const std::vector<Run>& runs) {
    std::ostream& out = GetOutputStream();
    out << "\n| |";
    for (const Column& column : table.columns) {
      out << " " << column.heading << " |";
    }
    out << "\n|---|";
    for (size_t i = 0; i < table.columns.size(); ++i) {
      out << "---:|";
    }
    out << "\n";
    for (const Run& run : runs) {
      out << "| `" << run.run_name.function_name << "` |";
      if (Failed(run)) {
        out << " " << FailureMessage(run) << " |\n";
        continue;
      }
      for (const Column& column : table.columns) {
        const auto counter = run.counters.find(column.counter);
        out << " "
            << (counter == run.counters.end()
                    ? "-"
                    : Cell(column.counter, counter->second))
            << " |";
      }
      out << "\n";
    }
  }

  std::vector<Table> tables_;
  std::vector<std::vector<Run>> runs_;  // of each table
  bool failed_ = false;
};

}  // namespace

int CalibrationMain(int argc, char** argv, std::vector<Table> tables) {
  // `bazel run` starts programs in their runfiles; --benchmark_out is meant
  // from where the user is.
  const char* const directory = getenv("BUILD_WORKING_DIRECTORY");
  if (directory != nullptr && chdir(directory) != 0) {
    perror(directory);
    return 1;
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 2;
  }
  MarkdownReporter reporter(std::move(tables));
  if (benchmark::RunSpecifiedBenchmarks(&reporter) == 0) {
    fprintf(stderr, "--benchmark_filter matches no benchmark\n");
    return 2;
  }
  return reporter.failed() ? 1 : 0;
}

void Unavailable(benchmark::State& state, const std::string& why) {
  state.SkipWithError((kUnavailable + why).c_str());
}

}  // namespace cowbench
