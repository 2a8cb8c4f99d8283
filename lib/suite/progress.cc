#include "lib/suite/progress.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace cowbench {

Progress::Progress(FILE* stream, size_t width, int total_cases,
                   double total_seconds)
    : stream_(stream),
      width_(width),
      total_cases_(total_cases),
      total_seconds_(total_seconds) {}

std::string Progress::TimeLeft() const {
  // The first cases are small, and tell little about the rest. So the estimate
  // has more weight at first, and the time measured so far has more later.
  const double weight = std::max(2.0, total_seconds_ / 20);
  const double elapsed = absl::ToDoubleSeconds(absl::Now() - start_);
  const double left =
      (total_seconds_ - done_) * (elapsed + weight) / (done_ + weight);
  return absl::FormatDuration(absl::Seconds(std::max(1.0, std::round(left))));
}

void Progress::Begin(const std::string& id, double seconds) {
  done_ += current_;
  current_ = seconds;
  ++begun_;
  std::string line = absl::StrCat("[", begun_, "/", total_cases_, ", ",
                                  TimeLeft(), " left] ", id);
  if (width_ > 0) {
    // A line that is longer would not be overwritten.
    line.resize(std::min(line.size(), width_ - 1));
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
  if (width_ > 0) {
    fputs("\r\033[K", stream_);
    fflush(stream_);
  }
}

}  // namespace cowbench
