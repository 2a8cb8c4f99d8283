// Tells how far a run is, on standard error.
#ifndef COWBENCH_LIB_SUITE_PROGRESS_H_
#define COWBENCH_LIB_SUITE_PROGRESS_H_

#include <cstddef>
#include <cstdio>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace cowbench {

// On a terminal, one line that is overwritten: [12/160] case, time left.
// Otherwise a plain line whenever another tenth of the work is done.
class Progress {
 public:
  // `width` is that of the terminal, 0 where there is none; `total_seconds` is
  // what all cases take, by a guess.
  Progress(FILE* stream, size_t width, int total_cases, double total_seconds);

  // A case begins that takes so long, by the same guess.
  void Begin(const std::string& id, double seconds);
  // Takes the line away, so that something else can be printed there.
  void Clear();

 private:
  std::string TimeLeft() const;

  FILE* stream_;
  size_t width_;
  int total_cases_;
  double total_seconds_;
  absl::Time start_ = absl::Now();
  int begun_ = 0;
  double done_ = 0;  // by the guess
  double current_ = 0;
  int tenths_shown_ = 0;
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_PROGRESS_H_
