#include "lib/subject/subject_main.h"

#include <sys/personality.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <new>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/fork/fork_runner.h"
#include "lib/probe/huge_pages.h"
#include "lib/probe/mappings.h"
#include "lib/probe/page_set.h"
#include "lib/probe/page_snapshot.h"
#include "lib/probe/settle.h"
#include "lib/subject/address_hints.h"
#include "lib/subject/live_allocator.h"
#include "lib/subject/parked_threads.h"
#include "lib/subject/protocol.h"
#include "lib/workload/spread.h"

namespace cowbench {
namespace {

constexpr uint32_t kQueryPersonality = 0xffffffff;

class Subject {
 public:
  Subject(workload::Catalog catalog, ForkRunner runner,
          probe::PageSet data_pages)
      : catalog_(catalog),
        runner_(std::move(runner)),
        data_pages_(std::move(data_pages)) {}

  void Build(const BuildRequest& request, BuildReply* reply) {
    layout_ = workload::FindLayout(catalog_, request.layout.view());
    if (layout_ == nullptr) {
      reply->error = "the subject has no such layout";
      return;
    }
    const DataSetOptions& options = request.options;
    const absl::Status parked = ParkThreads(options.parked_threads);
    absl::StatusOr<probe::PageCounts> before = probe::PageCounts();
    try {
      if (layout_->prepare != nullptr) {
        layout_->prepare();
      }
      // How many pages of the stack are there already depends on where it
      // begins, and so on the kernel.
      probe::SettleStack();
      before = probe::CountPages();
      const workload::ElementwiseEntry* const elementwise =
          layout_->elementwise;
      data_set_ = elementwise == nullptr
                      ? layout_->build(request.elements)
                      : elementwise->build(request.elements, options.build);
      if (options.before_fork == BeforeFork::kCompact) {
        data_set_ = elementwise->compact(data_set_, request.elements);
      }
    } catch (const std::bad_alloc&) {
      reply->error = "the allocator is out of memory";
      return;
    } catch (const std::exception& error) {
      reply->error = error.what();
      return;
    }
    elements_ = request.elements;
    const absl::Status released = options.before_fork == BeforeFork::kRelease
                                      ? ReleaseFreeMemory()
                                      : absl::OkStatus();
    reply->knows_data_pages = layout_->visit_memory != nullptr;
    if (reply->knows_data_pages) {
      layout_->visit_memory(data_set_, elements_,
                            [this](const void* begin, size_t bytes) {
                              data_pages_.Add(begin, bytes);
                            });
    }
    absl::Status huge;
    if (options.huge_pages == HugePages::kAlways) {
      huge = probe::CollapseIntoHugePages(data_pages_);
    }
    const absl::StatusOr<probe::PageCounts> after = probe::CountPages();
    for (const absl::Status& status :
         {parked, before.status(), released, huge, after.status()}) {
      if (!status.ok()) {
        reply->error = status.message();
        return;
      }
    }
    // Zero when the allocator has given back more than the data set added.
    reply->resident_bytes =
        (after->anonymous_pages -
         std::min(before->anonymous_pages, after->anonymous_pages)) *
        probe::PageSize();
    huge_bytes_ = probe::AnonymousHugeBytes();
    reply->huge_bytes = huge_bytes_;
    if (options.huge_pages != HugePages::kSystem &&
        (reply->huge_bytes > 0) != (options.huge_pages == HugePages::kAlways)) {
      reply->error = options.huge_pages == HugePages::kAlways
                         ? "smaps shows no huge pages"
                         : "smaps shows huge pages, although they are off";
    }
  }

  void Run(const RunRequest& request, RunReply* reply) {
    const workload::PatternEntry* const pattern =
        data_set_ == nullptr
            ? nullptr
            : workload::FindPattern(*layout_, request.pattern.view());
    if (pattern == nullptr) {
      reply->error = "the subject has no data set, or no such pattern";
      return;
    }
    // Reading smaps takes time, and no huge pages appear later.
    reply->huge_bytes = huge_bytes_ > 0 ? probe::AnonymousHugeBytes() : 0;
    workload::Touch touch = {.elements = elements_,
                             .touched = request.touched,
                             .order = request.order,
                             .spread = request.spread};
    const absl::StatusOr<workload::Selection> selection =
        workload::Selection::Draw(touch);
    if (!selection.ok()) {
      reply->error = selection.status().message();
      return;
    }
    touch.chosen = selection->bits();
    if (pattern->prepare != nullptr) {
      try {
        pattern->prepare();
      } catch (const std::exception& error) {
        reply->error = error.what();
        return;
      }
    }
    const workload::PatternEntry* const of_parent =
        request.writer == Writer::kParent
            ? workload::PatternOfParent(*layout_, pattern)
            : pattern;
    const bool has_then = of_parent != pattern;
    const pid_t self = getpid();
    const absl::StatusOr<ForkResult> result = runner_.Run(
        {.children = request.children,
         .writer = has_then ? Writer::kParentLast : request.writer,
         .deadline = absl::Nanoseconds(request.deadline_ns),
         .data = &data_pages_,
         .count_pages = request.count_pages,
         .verify = request.verify,
         .program_fd = pattern->execs ? kTinyProgram : -1},
        [&] {
          (getpid() == self ? of_parent : pattern)->run(data_set_, touch);
        });
    if (!result.ok()) {
      reply->error = result.status().message();
      return;
    }
    reply->fork_ns = absl::ToInt64Nanoseconds(result->fork_time);
    reply->access_ns = absl::ToInt64Nanoseconds(result->access_time);
    reply->exit_ns = absl::ToInt64Nanoseconds(result->exit_time);
    std::copy(result->samples.begin(), result->samples.end(), reply->samples);
  }

 private:
  workload::Catalog catalog_;
  ForkRunner runner_;
  probe::PageSet data_pages_;
  const workload::LayoutEntry* layout_ = nullptr;
  void* data_set_ = nullptr;
  uint64_t elements_ = 0;
  uint64_t huge_bytes_ = 0;  // when it was built
};

}  // namespace

int SubjectMain(workload::Catalog catalog, absl::string_view runtime) {
  AllowAddressHints();
  prctl(PR_SET_NAME, "cow-subject");  // for ps and top
  Hello hello = {};
  absl::StatusOr<ForkRunner> runner = ForkRunner::Create();
  absl::StatusOr<probe::PageSet> data_pages = probe::PageSet::Create();
  const absl::StatusOr<LiveAllocator> allocator = FindLiveAllocator();
  if (!allocator.ok()) {
    hello.error = allocator.status().message();
  } else if (!runner.ok()) {
    hello.error = runner.status().message();
  } else if (!data_pages.ok()) {
    hello.error = data_pages.status().message();
  } else {
    hello.library = allocator->library;
    hello.version = runtime;
    hello.version += runtime.empty() ? "" : ", ";
    hello.version += allocator->version.characters;
  }
  hello.address_space_randomized =
      (personality(kQueryPersonality) & ADDR_NO_RANDOMIZE) == 0;
  if (!SendMessage(kSubjectSocket, hello) || !hello.error.view().empty()) {
    return 1;
  }
  Subject subject(catalog, *std::move(runner), *std::move(data_pages));
  BuildRequest build;
  if (!ReceiveMessage(kSubjectSocket, &build)) {
    return 0;
  }
  BuildReply built = {};
  subject.Build(build, &built);
  bool connected = SendMessage(kSubjectSocket, built);
  RunRequest run;
  while (connected && ReceiveMessage(kSubjectSocket, &run)) {
    RunReply reply = {};
    subject.Run(run, &reply);
    connected = SendMessage(kSubjectSocket, reply);
  }
  return 0;
}

}  // namespace cowbench
