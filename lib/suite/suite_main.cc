#include "lib/suite/suite_main.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "benchmark/benchmark.h"
#include "lib/base/printable.h"
#include "lib/base/startup.h"
#include "lib/base/status_macros.h"
#include "lib/probe/oracle.h"
#include "lib/suite/allocators.h"
#include "lib/suite/axes.h"
#include "lib/suite/case_runner.h"
#include "lib/suite/console_reporter.h"
#include "lib/suite/context.h"
#include "lib/suite/counters.h"
#include "lib/suite/csv_reporter.h"
#include "lib/suite/estimate.h"
#include "lib/suite/filter.h"
#include "lib/suite/flag_values.h"
#include "lib/suite/interrupt.h"
#include "lib/suite/matrix.h"
#include "lib/suite/options.h"
#include "lib/suite/output_file.h"
#include "lib/suite/progress.h"
#include "lib/suite/reporting.h"
#include "lib/suite/runfiles.h"
#include "lib/suite/summary.h"
#include "lib/suite/table.h"

namespace cowbench {
namespace {

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;
constexpr int kExitInterrupted = 130;

// The columns of a terminal; 0 for anything else.
size_t WidthOf(int descriptor) {
  winsize size = {};
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

std::unique_ptr<benchmark::BenchmarkReporter> MakeReporter(
    Format format, Table table, const Options& options,
    const std::vector<Case>& cases) {
  constexpr size_t kUsualWidth = 100;
  const size_t width = WidthOf(STDOUT_FILENO);
  switch (format) {
    case Format::kConsole:
      return std::make_unique<ConsoleReporter>(
          cases, options.benchmark.repetitions > 1, table,
          width > 0 ? width : kUsualWidth);
    case Format::kJson:
      return std::make_unique<benchmark::JSONReporter>();
    case Format::kCsv:
      return std::make_unique<CsvReporter>();
  }
  return nullptr;
}

// Adds the machine, the counters, the axes and the allocators to the results'
// context. Errors: kInvalidArgument when a variant does not work.
absl::Status AddContext(const Suite& suite, const Options& options,
                        const CaseRunner& runner,
                        const std::vector<Case>& cases) {
  ContextItems items = EnvironmentContext();
  if (suite.context != nullptr) {
    const ContextItems own = suite.context();
    items.insert(items.end(), own.begin(), own.end());
  }
  items.emplace_back("counters", CountersAsJson());
  items.emplace_back("axes", AxesAsJson());
  COWBENCH_RETURN_IF_ERROR(
      CheckContextKeys(options.benchmark.context_keys, items));
  for (const auto& [key, value] : items) {
    benchmark::AddCustomContext(key, Printable(value));
  }
  std::vector<const Allocator*> seen;
  for (const Case& c : cases) {
    const Allocator& allocator = *c.allocator;
    if (std::find(seen.begin(), seen.end(), &allocator) != seen.end()) {
      continue;
    }
    seen.push_back(&allocator);
    const absl::StatusOr<Hello> hello = runner.Identify(allocator);
    if (!hello.ok() && !allocator.base.empty() &&
        !absl::IsCancelled(hello.status())) {
      return absl::InvalidArgumentError(
          absl::StrCat("--allocator_variant: '", allocator.name, "' with ",
                       absl::StrJoin(allocator.environment, " "), ": ",
                       hello.status().message()));
    }
    benchmark::AddCustomContext(
        absl::StrCat(kAllocatorPrefix, allocator.name),
        Printable(hello.ok() ? hello->version.characters
                             : hello.status().message()));
    if (!allocator.environment.empty()) {
      benchmark::AddCustomContext(
          absl::StrCat(kAllocatorPrefix, allocator.name, kSettingsSuffix),
          absl::StrJoin(allocator.environment, " "));
    }
    if (!allocator.base.empty()) {
      benchmark::AddCustomContext(absl::StrCat(kVariantPrefix, allocator.name),
                                  allocator.base);
    }
    if (seen.size() == 1 && hello.ok()) {
      benchmark::AddCustomContext(
          kRandomizationKey, hello->address_space_randomized ? "on" : "off");
    }
  }
  return absl::OkStatus();
}

int Fail(const absl::Status& status, int exit_status) {
  fprintf(stderr, "%s: %s\n", program_invocation_short_name,
          Printable(status.message()).c_str());
  return exit_status;
}

// For flags that only print something. Returns the exit status.
int Print(const std::string& text) {
  fputs(text.c_str(), stdout);
  if (fflush(stdout) != 0 || ferror(stdout) != 0) {
    return Fail(absl::ErrnoToStatus(errno, "standard output"), kExitFailed);
  }
  return 0;
}

int RunCases(const Options& options, const std::vector<Case>& cases,
             const OutputFile& out, CaseRunner& runner) {
  const int repetitions = options.benchmark.repetitions;
  const std::vector<double> seconds =
      EstimatedSeconds(cases, options.forks, repetitions);
  Progress progress(stderr, WidthOf(STDERR_FILENO),
                    static_cast<int>(cases.size()) * repetitions,
                    std::accumulate(seconds.begin(), seconds.end(), 0.0));
  auto next_seconds = seconds.begin();
  for (const Case& c : cases) {
    // To reach a minimum time, Google Benchmark may call this more than once
    // for each repetition; only the first call of each is progress.
    auto* const registered =
        benchmark::RegisterBenchmark(
            c.Id().c_str(),
            [&, work = *next_seconds++ / repetitions,
             left = repetitions](benchmark::State& state) mutable {
              if (left-- > 0) {
                progress.Begin(c.Id(), work);
              }
              runner.Run(c, state);
              progress.Clear();
            })
            ->UseManualTime()
            ->Unit(options.benchmark.time_unit);
    if (options.forks.seconds == 0) {
      registered->Iterations(IterationsOf(c, options.forks));
    }
  }
  std::unique_ptr<benchmark::BenchmarkReporter> reporter =
      MakeReporter(options.benchmark.format, options.table, options, cases);
  const bool with_summary =
      options.summary && options.benchmark.format == Format::kConsole;
  std::ostringstream json;
  if (with_summary) {
    reporter = AlsoAsJson(std::move(reporter), &json);
  }
  const absl::Time start = absl::Now();
  FinishedOnly display(std::move(reporter));
  FinishedOnly file(
      MakeReporter(options.benchmark.out_format, Table::kFull, options, cases));
  benchmark::RunSpecifiedBenchmarks(
      &display, options.benchmark.out.empty() ? nullptr : &file, "all");
  for (const auto& [id, message] : runner.failures()) {
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, id.c_str(),
            Printable(message).c_str());
  }
  if (Interrupted()) {
    fprintf(stderr, "%s: interrupted; the finished cases are reported\n",
            program_invocation_short_name);
  }
  if (!display.written() || !file.written()) {
    return Fail(absl::DataLossError(absl::StrCat(
                    display.written() ? "--benchmark_out" : "standard output",
                    ": the results could not be written completely")),
                kExitFailed);
  }
  if (out.removed()) {
    return Fail(absl::DataLossError(absl::StrCat(
                    "--benchmark_out: '", options.benchmark.out,
                    "' was removed while the cases ran; its results are lost")),
                kExitFailed);
  }
  if (with_summary) {
    const bool is_json = options.benchmark.out_format == Format::kJson;
    PrintSummary(json.str(), absl::Now() - start,
                 is_json ? options.benchmark.out : "");
  }
  return Interrupted()               ? kExitInterrupted
         : runner.failures().empty() ? 0
                                     : kExitFailed;
}

// Returns the exit status. An error means a mistake on the command line.
absl::StatusOr<int> RunCommandLine(int argc, char** argv, const Suite& suite,
                                   std::vector<Allocator> allocators) {
  COWBENCH_ASSIGN_OR_RETURN(
      const Options options,
      ParseCommandLine(argc, argv, suite.catalog, std::move(allocators),
                       suite.presets));
  if (!options.text.empty()) {
    return Print(options.text);
  }
  // The program's name goes into the results.
  COWBENCH_RETURN_IF_ERROR(
      InitializeBenchmark(Printable(argv[0]), options.benchmark));
  std::vector<Case> all_cases =
      CasesOf(options.axes, suite.catalog, options.allocators);
  if (all_cases.empty()) {
    std::string flags = "--layouts, --patterns, --sizes";
    Axes axes = options.axes;
    AllAxes::ForEach([&]<typename Axis>(std::type_identity<Axis>) {
      if (axes.Get<Axis>() != std::vector{Axis::kDefault}) {
        absl::StrAppend(&flags, ", --", Axis::kFlag);
      }
    });
    return absl::InvalidArgumentError(absl::StrCat(
        flags,
        ": no chosen layout supports all of this with a chosen pattern"));
  }
  COWBENCH_ASSIGN_OR_RETURN(
      const std::vector<Case> cases,
      FilterCases(all_cases, options.benchmark.filter, options.forks));
  if (options.list) {
    return Print(
        Estimates(cases, options.forks, options.benchmark.repetitions));
  }
  if (options.benchmark.list_tests) {
    std::string names;
    for (const Case& c : cases) {
      absl::StrAppend(&names, BenchmarkName(c, options.forks), "\n");
    }
    return Print(names);
  }
  if (options.verify) {
    const absl::Status available = probe::OraclesAvailable();
    if (!available.ok()) {
      return Invalid("verify", available.message());
    }
  }
  OutputFile out;
  COWBENCH_RETURN_IF_ERROR(out.Check(options.benchmark.out));
  COWBENCH_ASSIGN_OR_RETURN(std::string tiny_program,
                            FindRunfile("lib/subject/tiny_program"));
  CaseRunner runner(options, std::move(tiny_program), InterruptFd());
  COWBENCH_RETURN_IF_ERROR(AddContext(suite, options, runner, cases));
  return RunCases(options, cases, out, runner);
}

}  // namespace

int SuiteMain(int argc, char** argv, const Suite& suite) {
  // Opens descriptors 0 to 2 if they are closed. Otherwise, the results file
  // would get one of these numbers.
  int descriptor;
  do {
    descriptor = open("/dev/null", O_RDWR);
  } while (descriptor >= 0 && descriptor <= STDERR_FILENO);
  close(descriptor);
  // Beyond a file size limit (ulimit -f), writing then fails as usual.
  signal(SIGXFSZ, SIG_IGN);
  const absl::Status started = StartUp();
  if (!started.ok()) {
    return Fail(started, kExitUsage);
  }
  absl::StatusOr<std::vector<Allocator>> allocators =
      FindAllocators(suite.allocators, suite.subject_prefix);
  if (!allocators.ok()) {
    return Fail(allocators.status(), kExitFailed);
  }
  const absl::StatusOr<int> exit_status =
      RunCommandLine(argc, argv, suite, *std::move(allocators));
  return exit_status.ok() ? *exit_status
                          : Fail(exit_status.status(), kExitUsage);
}

}  // namespace cowbench
