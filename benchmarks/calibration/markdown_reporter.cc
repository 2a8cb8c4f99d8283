#include "benchmarks/calibration/markdown_reporter.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <ostream>
#include <sstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "lib/base/printable.h"
#include "lib/base/startup.h"
#include "lib/base/status_macros.h"
#include "lib/base/units.h"
#include "lib/suite/benchmark_flags.h"
#include "lib/suite/name_filter.h"
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

// The names of the registered benchmarks that the filter selects. Not by Google
// Benchmark's own expressions, which may take forever.
absl::StatusOr<std::vector<std::string>> SelectedNames(
    const std::string& program, const std::string& text) {
  COWBENCH_ASSIGN_OR_RETURN(const NameFilter filter, NameFilter::Parse(text));
  BenchmarkFlags to_list;
  to_list.arguments = {"--benchmark_list_tests", "--benchmark_out="};
  COWBENCH_RETURN_IF_ERROR(InitializeBenchmark(program, to_list));
  std::ostringstream list;
  MarkdownReporter reporter({});
  reporter.SetOutputStream(&list);
  benchmark::RunSpecifiedBenchmarks(&reporter, "all");
  const std::vector<std::string> all =
      absl::StrSplit(list.str(), '\n', absl::SkipEmpty());
  std::vector<std::string> selected;
  for (const std::string& name : all) {
    if (filter.Selects({name})) {
      selected.push_back(name);
    }
  }
  return selected.empty() ? absl::StatusOr<std::vector<std::string>>(
                                filter.SelectsNone(all.size()))
                          : selected;
}

// Reads and checks the command line. Returns an expression for the benchmarks
// to run.
absl::StatusOr<std::string> Prepare(absl::Span<char* const> arguments) {
  COWBENCH_RETURN_IF_ERROR(StartUp());
  BenchmarkFlags flags;
  COWBENCH_RETURN_IF_ERROR(ReadBenchmarkEnvironment(&flags));
  for (const absl::string_view argument : arguments.subspan(1)) {
    if (!IsBenchmarkFlag(argument)) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", argument,
                       "': all flags are those of Google Benchmark, such as "
                       "--benchmark_filter=<regex>"));
    }
    COWBENCH_RETURN_IF_ERROR(ReadBenchmarkFlag(argument, &flags));
  }
  const std::string program = Printable(arguments[0]);
  COWBENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                            SelectedNames(program, flags.filter));
  const std::string out = flags.list_tests ? "" : flags.out;
  COWBENCH_RETURN_IF_ERROR(OutputFile().Check(out));
  flags.arguments.push_back(absl::StrCat("--benchmark_out=", out));
  flags.arguments.push_back(
      absl::StrCat("--benchmark_list_tests=", flags.list_tests));
  COWBENCH_RETURN_IF_ERROR(InitializeBenchmark(program, flags));
  return absl::StrCat("^(", absl::StrJoin(names, "|"), ")$");
}

}  // namespace

int CalibrationMain(int argc, char** argv, std::vector<Table> tables) {
  const absl::StatusOr<std::string> chosen =
      Prepare(absl::MakeConstSpan(argv, static_cast<size_t>(argc)));
  if (!chosen.ok()) {
    fprintf(stderr, "%s: %s\n", program_invocation_short_name,
            Printable(chosen.status().message()).c_str());
    return 2;
  }
  MarkdownReporter reporter(std::move(tables));
  benchmark::RunSpecifiedBenchmarks(&reporter, *chosen);
  return reporter.failed() ? 1 : 0;
}

void Unavailable(benchmark::State& state, const std::string& why) {
  state.SkipWithError((kUnavailable + why).c_str());
}

}  // namespace cowbench
