#include "benchmarks/calibration/markdown_reporter.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <ostream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "lib/base/printable.h"
#include "lib/base/startup.h"
#include "lib/base/status_macros.h"
#include "lib/base/units.h"
#include "lib/suite/benchmark_flags.h"
#include "lib/suite/output_file.h"
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

// Everything that a user may have got wrong. Errors are in one line.
absl::Status Prepare(absl::Span<char* const> arguments, BenchmarkFlags* flags,
                     OutputFile* out) {
  COWBENCH_RETURN_IF_ERROR(StartUp());
  COWBENCH_RETURN_IF_ERROR(ReadBenchmarkEnvironment(flags));
  for (const absl::string_view argument : arguments.subspan(1)) {
    if (!IsBenchmarkFlag(argument)) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", argument,
                       "': all flags are those of Google Benchmark, such as "
                       "--benchmark_filter=<regex>"));
    }
    COWBENCH_RETURN_IF_ERROR(ReadBenchmarkFlag(argument, flags));
  }
  COWBENCH_RETURN_IF_ERROR(out->Check(flags->list_tests ? "" : flags->out));
  return InitializeBenchmark(Printable(arguments[0]), *flags);
}

int Fail(absl::string_view message) {
  fprintf(stderr, "%s: %s\n", program_invocation_short_name,
          Printable(message).c_str());
  return 2;
}

}  // namespace

int CalibrationMain(int argc, char** argv, std::vector<Table> tables) {
  BenchmarkFlags flags;
  OutputFile out;
  const absl::Status status = Prepare(
      absl::MakeConstSpan(argv, static_cast<size_t>(argc)), &flags, &out);
  if (!status.ok()) {
    return Fail(status.message());
  }
  MarkdownReporter reporter(std::move(tables));
  if (benchmark::RunSpecifiedBenchmarks(&reporter, flags.filter) == 0) {
    return Fail(
        absl::StrCat("--benchmark_filter: '", flags.filter,
                     "' matches nothing; --benchmark_list_tests shows all"));
  }
  return reporter.failed() ? 1 : 0;
}

void Unavailable(benchmark::State& state, const std::string& why) {
  state.SkipWithError((kUnavailable + why).c_str());
}

}  // namespace cowbench
