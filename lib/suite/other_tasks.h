// What else the machine is doing.
#ifndef COWBENCH_LIB_SUITE_OTHER_TASKS_H_
#define COWBENCH_LIB_SUITE_OTHER_TASKS_H_

#include <optional>

#include "absl/strings/string_view.h"

namespace cowbench {

// Threads on the whole machine that run or wait for a CPU, but for the caller.
// Right where its own processes sleep. None: the kernel does not say.
std::optional<double> OtherTasks();

// The same, of the text of /proc/loadavg (proc(5)).
std::optional<double> OtherTasksIn(absl::string_view loadavg);

}  // namespace cowbench

#endif  // COWBENCH_LIB_SUITE_OTHER_TASKS_H_
