#include "lib/suite/case_runner.h"

#include <poll.h>

#include <algorithm>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/probe/mappings.h"
#include "lib/suite/estimate.h"

namespace cowbench {
namespace {

// Sums over all samples of a case.
struct Totals {
  double iterations = 0;
  double samples = 0;
  double counted_samples = 0;  // those that have page counts
  uint64_t most_copied_pages = 0;
  uint64_t least_copied_pages = std::numeric_limits<uint64_t>::max();
  double copied_pages = 0;
  double copied_metadata_pages = 0;
  double fresh_pages = 0;
  double fork_tax_pages = 0;
  double minor_faults = 0;
  double major_faults = 0;
  double huge_bytes = 0;
  double fork_seconds = 0;
  double access_seconds = 0;
  double window_seconds = 0;  // of all writers
  double exit_seconds = 0;

  void Add(const RunReply& reply, int writers) {
    constexpr double kNanosecond = 1e-9;
    iterations += 1;
    huge_bytes += static_cast<double>(reply.huge_bytes);
    fork_seconds += kNanosecond * static_cast<double>(reply.fork_ns);
    access_seconds += kNanosecond * static_cast<double>(reply.access_ns);
    exit_seconds += kNanosecond * static_cast<double>(reply.exit_ns);
    for (int i = 0; i < writers; ++i) {
      const Sample& sample = reply.samples[i];
      samples += 1;
      if (sample.pages.has_value()) {
        counted_samples += 1;
        const WindowPages& pages = *sample.pages;
        copied_pages += static_cast<double>(pages.copied);
        copied_metadata_pages += static_cast<double>(pages.copied_metadata);
        fresh_pages += static_cast<double>(pages.fresh);
        fork_tax_pages += static_cast<double>(pages.fork_tax);
        most_copied_pages = std::max(most_copied_pages, pages.copied);
        least_copied_pages = std::min(least_copied_pages, pages.copied);
      }
      minor_faults += static_cast<double>(sample.minor_faults);
      major_faults += static_cast<double>(sample.major_faults);
      window_seconds +=
          kNanosecond * static_cast<double>(sample.end_ns - sample.begin_ns);
    }
  }
};

void SetCounters(const Case& c, const Totals& totals, const BuildReply& built,
                 benchmark::UserCounters* counters) {
  const auto page = static_cast<double>(probe::PageSize());
  benchmark::UserCounters& counter = *counters;
  const double copied_bytes =
      totals.copied_pages * page / totals.counted_samples;
  counter["copied_bytes"] = copied_bytes;
  counter["minor_faults"] = totals.minor_faults / totals.samples;
  counter["major_faults"] = totals.major_faults / totals.samples;
  counter["fork_time"] = totals.fork_seconds / totals.iterations;
  counter["access_time"] = totals.access_seconds / totals.iterations;
  counter["exit_time"] = totals.exit_seconds / totals.iterations;
  counter["wall_time"] =
      (totals.fork_seconds + totals.access_seconds + totals.exit_seconds) /
      totals.iterations;
  counter["fresh_bytes"] = totals.fresh_pages * page / totals.counted_samples;
  counter["fork_tax_bytes"] =
      totals.fork_tax_pages * page / totals.counted_samples;
  counter["resident_bytes"] = static_cast<double>(built.resident_bytes);
  counter["huge_bytes"] = totals.huge_bytes / totals.iterations;
  if (built.knows_data_pages) {
    counter["copied_metadata_bytes"] =
        totals.copied_metadata_pages * page / totals.counted_samples;
  }
  // Where most faults are something else, their time says nothing of copies.
  const double copied_pages =
      totals.copied_pages / totals.counted_samples * totals.samples;
  if (copied_pages > 0 &&
      2 * copied_pages >= totals.minor_faults + totals.major_faults) {
    counter["copied_page_time"] = totals.window_seconds / copied_pages;
  }
  if (totals.most_copied_pages > totals.least_copied_pages) {
    counter["copied_bytes_spread"] =
        page * static_cast<double>(totals.most_copied_pages -
                                   totals.least_copied_pages);
  }
  const uint64_t stored_bytes = c.pattern->stored_bytes(c.touched());
  if (stored_bytes > 0) {
    counter["amplification"] = copied_bytes / static_cast<double>(stored_bytes);
  }
}

}  // namespace

void CaseRunner::Run(const Case& c, benchmark::State& state) {
  // One fork that does not count: on a virtual machine, memory that the host
  // has to provide first costs several times as much as a copy.
  const auto [first, is_first] = first_repetitions_.try_emplace(c.Id());
  CountingPlan plan(options_.verify);
  absl::StatusOr<RunReply> reply =
      first->second.ok() ? ForkOnce(c, &plan) : first->second;
  Totals totals;
  // Entered even if that failed: Google Benchmark ends the program when one
  // repetition has another number of iterations than the next.
  for ([[maybe_unused]] auto _ : state) {
    if (reply.ok()) {
      reply = ForkOnce(c, &plan);
    }
    if (!reply.ok()) {
      Fail(c, std::string(reply.status().message()), state);
      if (is_first) {
        first->second = reply.status();
      }
      break;
    }
    totals.Add(*reply, c.writer_count());
    state.SetIterationTime(1e-9 * static_cast<double>(reply->fork_ns +
                                                      reply->access_ns +
                                                      reply->exit_ns));
  }
  if (reply.ok()) {
    SetCounters(c, totals, built_, &state.counters);
  }
}

void CaseRunner::Fail(const Case& c, const std::string& message,
                      benchmark::State& state) {
  subject_ = nullptr;
  if (message != kInterrupted) {
    failures_.emplace_back(c.Id(), message);
  }
  state.SkipWithError(message.c_str());
}

absl::StatusOr<RunReply> CaseRunner::ForkOnce(const Case& c,
                                              CountingPlan* plan) {
  pollfd interrupt = {interrupt_fd_, POLLIN, 0};
  if (poll(&interrupt, 1, 0) > 0) {
    return absl::CancelledError(kInterrupted);
  }
  absl::Status status = PrepareSubject(c);
  if (!status.ok()) {
    return status;
  }
  RunRequest request = {};
  request.pattern = std::string(c.pattern->name);
  request.touched = c.touched().touched;
  request.children = c.children;
  request.writer = c.writer;
  request.order = c.order;
  // A timed fork repeats what the last counted one of the same subject did.
  const bool spoils = c.SpoilsDataSet(built_.huge_bytes > 0);
  request.count_pages = spoils || plan->CountNext();
  request.verify = options_.verify;
  absl::StatusOr<RunReply> reply = subject_->Run(request);
  if (reply.ok()) {
    plan->Add({reply->samples, static_cast<size_t>(c.writer_count())});
  }
  if (spoils) {
    subject_ = nullptr;
  }
  return reply;
}

absl::Status CaseRunner::PrepareSubject(const Case& c) {
  const std::string data_set = c.DataSet();
  if (subject_ == nullptr || data_set_ != data_set) {
    subject_ = nullptr;  // its memory is free from here on
    absl::Status built = StartAndBuild(c);
    if (!built.ok()) {
      return built;
    }
    data_set_ = data_set;
  }
  return CheckMemory(MemoryOfCopies(c, built_.resident_bytes));
}

absl::Status CaseRunner::StartAndBuild(const Case& c) {
  absl::Status enough = CheckMemory(MemoryOfDataSet(c));
  if (!enough.ok()) {
    return enough;
  }
  SubjectOptions options = OptionsFor(*c.allocator);
  options.huge_pages = c.huge_pages;
  absl::StatusOr<std::unique_ptr<SubjectProcess>> subject =
      SubjectProcess::Start(options);
  if (!subject.ok()) {
    return subject.status();
  }
  absl::StatusOr<BuildReply> built =
      (*subject)->Build(std::string(c.layout->name), c.touched().elements);
  if (!built.ok()) {
    return built.status();
  }
  built_ = *built;
  subject_ = *std::move(subject);
  return absl::OkStatus();
}

absl::StatusOr<Hello> CaseRunner::Identify(const Allocator& allocator) const {
  SubjectOptions options = OptionsFor(allocator);
  options.quiet = true;
  absl::StatusOr<std::unique_ptr<SubjectProcess>> subject =
      SubjectProcess::Start(options);
  if (!subject.ok()) {
    return subject.status();
  }
  return (*subject)->hello();
}

SubjectOptions CaseRunner::OptionsFor(const Allocator& allocator) const {
  return {.executable = allocator.subject,
          .malloc_library = allocator.malloc_library,
          .environment = allocator.environment,
          .deadline = options_.deadline,
          .cancel_fd = interrupt_fd_};
}

}  // namespace cowbench
