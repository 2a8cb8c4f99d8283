#include "lib/suite/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "lib/suite/flag_values.h"

namespace cowbench {

absl::Status OutputFile::Check(const std::string& path) {
  std::error_code ignored;
  // Opening a pipe would wait for its reader.
  if (path.empty() || std::filesystem::is_fifo(path, ignored)) {
    return absl::OkStatus();
  }
  descriptor_ =
      open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor_ < 0) {
    return Invalid("benchmark_out",
                   absl::StrCat("'", path, "': ", strerror(errno),
                                "; it must be a file that can be written"));
  }
  had_name_ = HasName();
  return absl::OkStatus();
}

bool OutputFile::HasName() const {
  struct stat status = {};
  return fstat(descriptor_, &status) == 0 && status.st_nlink > 0;
}

}  // namespace cowbench
