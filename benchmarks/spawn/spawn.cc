// Measures how much it costs a process to start a small program, by method and
// size of the process.
//
// One iteration starts the program with one method, while another thread writes
// to the pages of the parent's memory in turn. It does not measure the end of
// the program. Counters are medians:
//   child_time          from the call to the first instruction of its main()
//   parent_time         from the call until the caller goes on
//   peer_copied_bytes   what the kernel copied for the other thread in that
//                       time and until the program ended; needs root, and
//                       sysctl kernel.task_delayacct=1
//   peer_write_faults   faults of that thread in the same time; it has none as
//                       long as nobody makes its pages read-only
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "benchmark/benchmark.h"
#include "benchmarks/calibration/clock.h"
#include "benchmarks/calibration/markdown_reporter.h"
#include "benchmarks/calibration/series.h"
#include "benchmarks/spawn/methods.h"
#include "benchmarks/spawn/peer.h"
#include "benchmarks/spawn/tiny.h"
#include "lib/base/available_memory.h"
#include "lib/base/units.h"
#include "lib/suite/runfiles.h"

namespace cowbench::spawn {
namespace {

constexpr uint64_t kSmallest = uint64_t{1} << 20;
constexpr uint64_t kUsual = uint64_t{1} << 30;
constexpr uint64_t kLargest = uint64_t{8} << 30;
constexpr uint64_t kFactor = 8;  // from one size to the next
constexpr int kIterations = 31;

// The read end of the pipe.
int start_pipe = -1;

// Each page may be copied once while a child shares it.
uint64_t MemoryNeeded(uint64_t bytes) { return 2 * bytes; }

// Gives the write end the fixed number that the program expects.
absl::Status OpenPipe() {
  int ends[2];
  if (pipe(ends) != 0) {
    return absl::ErrnoToStatus(errno, "pipe");
  }
  start_pipe = fcntl(ends[0], F_DUPFD_CLOEXEC, kStartPipe + 1);
  const int written = fcntl(ends[1], F_DUPFD_CLOEXEC, kStartPipe + 1);
  close(ends[0]);
  close(ends[1]);
  if (dup2(written, kStartPipe) < 0) {
    return absl::ErrnoToStatus(errno, "dup2");
  }
  close(written);
  return absl::OkStatus();
}

// Waits for the program to end and returns when it began to run, in Seconds().
// Errors: kInternal.
absl::StatusOr<double> StartOf(pid_t pid) {
  int status = 0;
  int64_t start_ns = 0;
  if (pid < 0) {
    return absl::ErrnoToStatus(errno, "no child");
  }
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (status != 0 ||
      read(start_pipe, &start_ns, sizeof(start_ns)) != sizeof(start_ns)) {
    return absl::InternalError(
        absl::StrCat("the program that was started ended with ", status));
  }
  return 1e-9 * static_cast<double>(start_ns);
}

void Measure(benchmark::State& state, const Method& method,
             const std::string& path, uint64_t bytes) {
  const uint64_t available = AvailableMemory();
  if (MemoryNeeded(bytes) > available) {
    Unavailable(
        state,
        absl::StrCat(HumanBytes(static_cast<double>(MemoryNeeded(bytes))),
                     " of memory needed, ",
                     HumanBytes(static_cast<double>(available)), " available"));
    return;
  }
  Memory memory(bytes);
  Peer peer(&memory);
  Series child_times, parent_times, copies, faults;
  bool counted = true;
  for ([[maybe_unused]] auto _ : state) {
    memory.TakeWriteFaults();
    peer.Start();
    const double begin = Seconds();
    const pid_t pid = method.start({.path = path.c_str()});
    const double returned = Seconds();
    const absl::StatusOr<double> start = StartOf(pid);
    const PeerCounts counts = peer.Stop();
    if (!start.ok()) {
      state.SkipWithError(std::string(start.status().message()).c_str());
      return;
    }
    child_times.Add(*start - begin);
    parent_times.Add(returned - begin);
    faults.Add(static_cast<double>(counts.write_faults));
    counted = counted && counts.copies.has_value();
    copies.Add(static_cast<double>(counts.copies.value_or(0)));
    state.SetIterationTime(*start - begin);
  }
  state.counters["child_time"] = child_times.median();
  state.counters["parent_time"] = parent_times.median();
  state.counters["peer_write_faults"] = faults.median();
  if (counted) {
    state.counters["peer_copied_bytes"] =
        copies.median() * static_cast<double>(sysconf(_SC_PAGESIZE));
  }
}

// Removes --max_size from the arguments and returns its value. Errors:
// kInvalidArgument.
absl::StatusOr<uint64_t> TakeMaxSize(std::vector<char*>* arguments) {
  uint64_t size = kUsual;
  for (auto argument = arguments->begin(); argument != arguments->end();) {
    absl::string_view value = *argument;
    if (!absl::ConsumePrefix(&value, "--max_size=")) {
      ++argument;
      continue;
    }
    const absl::StatusOr<uint64_t> parsed = ParseSize(value);
    if (!parsed.ok() || *parsed < kSmallest || *parsed > kLargest) {
      return absl::InvalidArgumentError(
          absl::StrCat("--max_size: '", value,
                       "' is not a size from 1MiB to 8GiB, such as 64MiB"));
    }
    size = *parsed;
    const uint64_t available = AvailableMemory();
    if (MemoryNeeded(size) > available) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--max_size: '", value, "' needs ",
          HumanBytes(static_cast<double>(MemoryNeeded(size))),
          " of memory, and ", HumanBytes(static_cast<double>(available)),
          " is available"));
    }
    argument = arguments->erase(argument);
  }
  return size;
}

int Fail(const absl::Status& status, int exit_status) {
  fprintf(stderr, "%s: %s\n", program_invocation_short_name,
          std::string(status.message()).c_str());
  return exit_status;
}

int Main(int argc, char** argv) {
  std::vector<char*> arguments(argv, argv + argc);
  const absl::StatusOr<uint64_t> max_size = TakeMaxSize(&arguments);
  if (!max_size.ok()) {
    return Fail(max_size.status(), 2);
  }
  const absl::StatusOr<std::string> path = FindRunfile("benchmarks/spawn/tiny");
  if (const absl::Status status = path.ok() ? OpenPipe() : path.status();
      !status.ok()) {
    return Fail(status, 1);
  }
  std::vector<uint64_t> sizes;
  for (uint64_t size = kSmallest; size < *max_size; size *= kFactor) {
    sizes.push_back(size);
  }
  sizes.push_back(*max_size);
  for (const uint64_t size : sizes) {
    for (const Method& method : Methods()) {
      benchmark::RegisterBenchmark(
          absl::StrCat("spawn/", method.name, "/size:", FormatSize(size))
              .c_str(),
          [=, &method](benchmark::State& state) {
            Measure(state, method, *path, size);
          })
          ->Iterations(kIterations)
          ->UseManualTime()
          ->Unit(benchmark::kMicrosecond);
    }
  }
  return CalibrationMain(static_cast<int>(arguments.size()), arguments.data(),
                         {{"spawn/",
                           {{"child_time", "until the child runs"},
                            {"parent_time", "until the parent goes on"},
                            {"peer_copied_bytes", "copied by the other thread"},
                            {"peer_write_faults", "its write faults"}}}});
}

}  // namespace
}  // namespace cowbench::spawn

int main(int argc, char** argv) { return cowbench::spawn::Main(argc, argv); }
