#include "lib/suite/case_runner.h"

#include <poll.h>

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/suite/axes.h"
#include "lib/suite/counters.h"
#include "lib/suite/interrupt.h"
#include "lib/suite/memory_guard.h"
#include "lib/suite/other_tasks.h"
#include "lib/suite/totals.h"

namespace cowbench {

void CaseRunner::Run(const Case& c, benchmark::State& state) {
  // Read now, while no other process of the suite runs.
  const std::optional<double> other_tasks = OtherTasks();
  // The first fork is not part of the results: on a virtual machine, the host
  // may have to provide the memory for copies first, which makes them several
  // times slower.
  const auto [first, is_first] = first_repetitions_.try_emplace(c.Id());
  CountingPlan plan(options_.verify);
  bool is_kept = false;
  absl::StatusOr<RunReply> reply =
      first->second.ok() ? ForkOnce(c, &plan, &is_kept) : first->second;
  Totals totals;
  totals.other_tasks = other_tasks;
  totals.faults_of_copy = faults_of_copy_;
  totals.stored_bytes = c.stored_bytes();
  // Entered even if that failed: Google Benchmark ends the program when
  // repetitions differ in their number of iterations.
  for ([[maybe_unused]] auto _ : state) {
    bool keep = false;
    while (reply.ok() && !keep) {
      reply = ForkOnce(c, &plan, &keep);
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
    totals.built = built_;
    if (is_first && !c.allocator->base.empty()) {
      CompareWithAnotherSubject(c, &totals);
    }
    SetCounters(totals, &state.counters);
    if (plan.repeated_forks() > 0) {
      state.SetLabel(absl::StrCat("repeated forks: ", plan.repeated_forks()));
    }
  }
}

void CaseRunner::CompareWithAnotherSubject(const Case& c, Totals* totals) {
  subject_ = nullptr;
  CountingPlan plan(true);
  bool keep = false;
  const absl::StatusOr<RunReply> reply = ForkOnce(c, &plan, &keep);
  // An error here does not make the case's results invalid.
  if (reply.ok()) {
    totals->AddToSpreads(*reply, c.writer_count());
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

absl::StatusOr<RunReply> CaseRunner::ForkOnce(const Case& c, CountingPlan* plan,
                                              bool* keep) {
  pollfd interrupt = {interrupt_fd_, POLLIN, 0};
  if (poll(&interrupt, 1, 0) > 0) {
    return absl::CancelledError(kInterrupted);
  }
  COWBENCH_RETURN_IF_ERROR(PrepareSubject(c));
  RunRequest request = {};
  request.pattern = std::string(c.pattern->name);
  request.touched = c.touched().touched;
  request.children = c.Get<axis::Children>();
  request.writer = c.Get<axis::Writer>();
  request.order = c.Get<axis::Order>();
  request.spread = c.Get<axis::Spread>();
  // A timed fork repeats what the last counted one of the same subject did.
  const bool spoils = c.SpoilsDataSet(built_.huge_bytes > 0);
  request.count_pages = spoils || plan->CountNext();
  request.verify = options_.verify;
  absl::StatusOr<RunReply> reply = subject_->Run(request);
  if (reply.ok()) {
    *keep = plan->Add({reply->samples, static_cast<size_t>(c.writer_count())});
  }
  if (spoils) {
    subject_ = nullptr;
  }
  return reply;
}

absl::Status CaseRunner::PrepareSubject(const Case& c) {
  const std::string data_set = c.DataSet();
  if (subject_ == nullptr || data_set_ != data_set) {
    subject_ = nullptr;  // first, to free its memory
    COWBENCH_RETURN_IF_ERROR(StartAndBuild(c));
    data_set_ = data_set;
  }
  return CheckMemory(MemoryOfCopies(c, built_.resident_bytes));
}

absl::Status CaseRunner::StartAndBuild(const Case& c) {
  COWBENCH_RETURN_IF_ERROR(CheckMemory(MemoryOfDataSet(c)));
  SubjectOptions options = OptionsFor(*c.allocator);
  options.data_set = {.build = {.heap = c.Get<axis::Heap>(),
                                .element_bytes = c.Get<axis::Element>(),
                                .builders = c.Get<axis::Builders>()},
                      .huge_pages = c.Get<axis::Thp>(),
                      .before_fork = c.Get<axis::BeforeFork>(),
                      .parked_threads = c.Get<axis::Threads>()};
  COWBENCH_ASSIGN_OR_RETURN(std::unique_ptr<SubjectProcess> subject,
                            SubjectProcess::Start(options));
  COWBENCH_ASSIGN_OR_RETURN(
      built_, subject->Build(std::string(c.layout->name), c.elements()));
  subject_ = std::move(subject);
  return absl::OkStatus();
}

absl::StatusOr<Hello> CaseRunner::Identify(const Allocator& allocator) const {
  SubjectOptions options = OptionsFor(allocator);
  options.quiet = true;
  COWBENCH_ASSIGN_OR_RETURN(const std::unique_ptr<SubjectProcess> subject,
                            SubjectProcess::Start(options));
  return subject->hello();
}

SubjectOptions CaseRunner::OptionsFor(const Allocator& allocator) const {
  return {.executable = allocator.subject,
          .malloc_library = allocator.malloc_library,
          .environment = allocator.environment,
          .tiny_program = tiny_program_,
          .deadline = options_.deadline,
          .cancel_fd = interrupt_fd_};
}

}  // namespace cowbench
