#include "lib/suite/other_tasks.h"

#include <algorithm>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "lib/base/small_file.h"

namespace cowbench {

std::optional<double> OtherTasks() {
  return OtherTasksIn(ReadWholeFile("/proc/loadavg"));
}

std::optional<double> OtherTasksIn(absl::string_view loadavg) {
  const std::vector<absl::string_view> fields = absl::StrSplit(loadavg, ' ');
  int runnable = 0;
  if (fields.size() < 4 ||
      !absl::SimpleAtoi(fields[3].substr(0, fields[3].find('/')), &runnable)) {
    return std::nullopt;
  }
  return std::max(0, runnable - 1);
}

}  // namespace cowbench
