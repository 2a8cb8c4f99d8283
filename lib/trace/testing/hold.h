// Holds the tracer while a traced child runs.
#ifndef COWBENCH_LIB_TRACE_TESTING_HOLD_H_
#define COWBENCH_LIB_TRACE_TESTING_HOLD_H_

#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace cowbench::trace {

// Pass this as `say` for the scenario "unread": it keeps the tracer from
// reading the rings from the stop of the parent until the child ends.
inline void HoldUntilChildEnds(absl::string_view said) {
  pid_t parent = 0;
  const std::vector<std::string> words = absl::StrSplit(said, ' ');
  if (words.size() < 2 || !absl::SimpleAtoi(words[1], &parent)) {
    return;
  }
  pid_t child = 0;
  std::ifstream(
      absl::StrCat("/proc/", parent, "/task/", parent, "/children")) >>
      child;
  std::string state;
  while (state != "t" && state != "Z") {  // stopped for the tracer, or ended
    usleep(1000);
    std::string skipped;
    if (!(std::ifstream(absl::StrCat("/proc/", child, "/stat")) >> skipped >>
          skipped >> state)) {
      break;
    }
  }
  kill(parent, SIGCONT);
}

}  // namespace cowbench::trace

#endif  // COWBENCH_LIB_TRACE_TESTING_HOLD_H_
