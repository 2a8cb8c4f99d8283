// How busy the machine is with other work.
#ifndef COWBENCH_LIB_SUITE_OTHER_TASKS_H_
#define COWBENCH_LIB_SUITE_OTHER_TASKS_H_

#include <optional>

#include "absl/strings/string_view.h"

namespace cowbench {

// Threads on the whole machine that run or wait for a CPU, without the caller.
// Call this while all other processes of the suite sleep. None if unknown.
std::optional<double> OtherTasks();

// The same, from a text like that of /proc/loadavg (proc(5)).
std::optional<double> OtherTasksIn(absl::string_view loadavg);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_OTHER_TASKS_H_
