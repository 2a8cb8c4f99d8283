#include "lib/suite/reporting.h"

#include <cmath>
#include <map>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "lib/base/printable.h"
#include "lib/suite/interrupt.h"

namespace cowbench {

std::string IdOf(const Run& run) {
  const std::string& id = run.run_name.function_name;
  return run.run_type == Run::RT_Aggregate
             ? absl::StrCat(id, "_", run.aggregate_name)
             : id;
}

bool FinishedOnly::ReportContext(const Context& context) {
  inner_->SetOutputStream(&GetOutputStream());
  inner_->SetErrorStream(&GetErrorStream());
  return inner_->ReportContext(context);
}

void FinishedOnly::ReportRuns(const std::vector<Run>& runs) {
  std::vector<Run> finished;
  for (const Run& run : runs) {
    if (!Failed(run) || FailureMessage(run) != kInterrupted) {
      finished.push_back(run);
      std::string& message = FailureMessage(finished.back());
      message = Printable(message);
      // NaN is no valid JSON. The coefficient of variation of zeros is one.
      std::erase_if(finished.back().counters, [](const auto& counter) {
        return !std::isfinite(static_cast<double>(counter.second));
      });
    }
  }
  if (!finished.empty()) {
    inner_->ReportRuns(finished);
  }
  if (!GetOutputStream().flush()) {
    Interrupt();  // the disk is full, or nobody reads the pipe any more
  }
}

void FinishedOnly::Finalize() {
  inner_->Finalize();
  written_ = static_cast<bool>(GetOutputStream().flush());
}

}  // namespace cowbench
