#include "lib/suite/progress.h"

#include "absl/strings/str_cat.h"

namespace cowbench {

Progress::Progress(FILE* stream, bool terminal, int total_cases,
                   double total_work)
    : stream_(stream),
      terminal_(terminal),
      total_cases_(total_cases),
      total_work_(total_work) {}

void Progress::Begin(const std::string& id, double work) {
  work_done_ += current_work_;
  current_work_ = work;
  ++begun_;
  std::string left;
  if (work_done_ > 0) {
    const absl::Duration elapsed = absl::Now() - start_;
    left = absl::StrCat(", ",
                        absl::FormatDuration(absl::Ceil(
                            elapsed * ((total_work_ - work_done_) / work_done_),
                            absl::Seconds(1))),
                        " left");
  }
  const std::string line =
      absl::StrCat("[", begun_, "/", total_cases_, "] ", id, left);
  if (terminal_) {
    fprintf(stream_, "\r\033[K%s", line.c_str());  // K: erase to the right
    fflush(stream_);
    return;
  }
  const int tenths = 10 * (begun_ - 1) / total_cases_;
  if (begun_ == 1 || tenths > tenths_shown_) {
    tenths_shown_ = tenths;
    fprintf(stream_, "%s\n", line.c_str());
  }
}

void Progress::Clear() {
  if (terminal_) {
    fputs("\r\033[K", stream_);
    fflush(stream_);
  }
}

}  // namespace cowbench
