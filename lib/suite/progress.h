// Tells how far a run is, on standard error.
#ifndef COWBENCH_LIB_SUITE_PROGRESS_H_
#define COWBENCH_LIB_SUITE_PROGRESS_H_

#include <cstdio>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace cowbench {

// On a terminal, one line that is overwritten: [12/160] case, time left.
// Otherwise a plain line whenever another tenth of the work is done.
class Progress {
 public:
  // `total_work` is in the same arbitrary unit as the work of each case.
  Progress(FILE* stream, bool terminal, int total_cases, double total_work);

  // A case begins.
  void Begin(const std::string& id, double work);
  // Takes the line away, so that something else can be printed there.
  void Clear();

 private:
  FILE* stream_;
  bool terminal_;
  int total_cases_;
  double total_work_;
  absl::Time start_ = absl::Now();
  int begun_ = 0;
  double work_done_ = 0;
  double current_work_ = 0;
  int tenths_shown_ = 0;
};

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_PROGRESS_H_
