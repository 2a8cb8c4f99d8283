// Prints the progress of a run on standard error.
#ifndef COWBENCH_LIB_SUITE_PROGRESS_H_
#define COWBENCH_LIB_SUITE_PROGRESS_H_

#include <cstddef>
#include <cstdio>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace cowbench {

// On a terminal, this is one line that is overwritten. Elsewhere, it is a plain
// line after each tenth of the cases.
class Progress {
 public:
  // `width` is that of the terminal, or 0 if there is none. `total_seconds` is
  // an estimate for all cases.
  Progress(FILE* stream, size_t width, int total_cases, double total_seconds);

  // A case begins; `seconds` is an estimate of its time.
  void Begin(const std::string& id, double seconds);
  // Erases the line, so that something else can be printed there.
  void Clear();

 private:
  std::string TimeLeft() const;

  FILE* stream_;
  size_t width_;
  int total_cases_;
  double total_seconds_;
  absl::Time start_ = absl::Now();
  int begun_ = 0;
  double done_ = 0;  // estimated seconds of the cases that have run
  double current_ = 0;
  int tenths_shown_ = 0;
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_PROGRESS_H_
